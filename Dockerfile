# One image for all roles; ROLES says what a container does. Node 24 is the base here, PostgreSQL and the agents are elsewhere,
# so the packages that bring them to a laptop (all optional) are left out.
FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20 AS portal
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --ignore-scripts && npm cache clean --force
COPY tsconfig.json ./
COPY core/domain core/domain
COPY web web
RUN npx react-router build web

FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
WORKDIR /app
ENV NODE_ENV=production DATA_DIR=/var/lib/impacter

COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

COPY tsconfig.json ./
COPY prisma prisma
COPY core core
COPY bots bots
COPY web web
COPY --from=portal /app/web/build web/build
COPY docs docs
RUN node prisma/run.ts generate && mkdir -p "$DATA_DIR" && chown node "$DATA_DIR"

USER node
EXPOSE 3000
CMD ["node", "core/main.ts"]
