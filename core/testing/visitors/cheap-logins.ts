// Tests make hundreds of people and log them in. What each costs on purpose, 60 ms of a processor a password and 300 ms of
// waiting an answer, is real in the tests that are about it; here it would be most of what the suite costs.

import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { verifyPassword } from 'better-auth/crypto';
import type { LoginCost } from '#core/engines/auth/settings.ts';

const PREFIX = 'cheap';

export const cheapLogins: LoginCost = {
  evenMs: 1,
  passwords: {
    async hash(password) {
      const salt = randomBytes(16).toString('hex');
      return [PREFIX, salt, derive(password, salt).toString('hex')].join(':');
    },
    async verify({ hash, password }) {
      const [prefix, salt, key] = hash.split(':');
      // Somebody was made elsewhere, as the first person of a laptop is.
      if (prefix !== PREFIX) return verifyPassword({ hash, password });
      return timingSafeEqual(Buffer.from(key!, 'hex'), derive(password, salt!));
    },
  },
};

const derive = (password: string, salt: string) => scryptSync(password.normalize('NFKC'), salt, 64, { N: 2, r: 8, p: 1 });
