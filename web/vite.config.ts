import path from 'node:path';
import { reactRouter } from '@react-router/dev/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

// What is loaded together is one file: that is smaller than twenty, and asked for once.
const together = {
  common: [
    '/web/app/(root|away|boundary|live|problem|reader)',
    '/web/app/components/(brand|button|classes|confirm|credit-badge|error-page|field|form|format|notice|page|tag)',
  ],
  chat: [
    '/web/app/work/(dashboard|desk|asked|composer|draft|drafts/unsent|estimate-line|examples|files/(attached|kept-file|uploads)|history)',
    '/web/app/texts/work',
    '/lucide-react/dist/esm/icons/(square-pen|history|arrow-up|paperclip|x)',
  ],
};
const groups = Object.entries(together).map(([name, files]) => ({ name, test: new RegExp(`(${files.join('|')})\\.(tsx?|mjs|js)$`) }));

// A browser is sent the lines of an icon, and not all that Lucide could do with them.
const lightIcons: Plugin = {
  name: 'light-icons',
  enforce: 'pre',
  resolveId: (asked) => (asked.endsWith('/createLucideIcon.mjs') ? path.join(import.meta.dirname, 'app/components/icon.ts') : null),
};

export default defineConfig({
  plugins: [tailwindcss(), lightIcons, reactRouter()],
  build: { assetsInlineLimit: 0, reportCompressedSize: false },
  environments: {
    client: { build: { rolldownOptions: { treeshake: { propertyReadSideEffects: false }, output: { codeSplitting: { groups } } } } },
    // The server's build is whole: one React and one router, in their production form, and no package needed beside it.
    ssr: {
      define: { 'process.env.NODE_ENV': '"production"' },
      resolve: { noExternal: true },
    },
  },
});
