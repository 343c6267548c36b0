import react from '@vitejs/plugin-react';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Where `npm run console` finds the service that it works with. */
const SERVICE = process.env['KEYBANK_DEV_SERVICE'] ?? 'http://127.0.0.1:8080';
const root = import.meta.dirname;
const toService = { target: SERVICE, changeOrigin: true, headers: { origin: SERVICE } };

export default defineConfig({
  root,
  plugins: [react()],
  // The server puts a fresh one in with each answer (server/http/console.ts).
  html: { cspNonce: 'KEYBANK_NONCE' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Those that know light-dark(), as the mails' dark side does: May 2024.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // SECURITY: the policy of the page takes no data: addresses but for images.
    assetsInlineLimit: 0,
    rolldownOptions: { input: [join(root, 'index.html'), join(root, 'mail-frame.html')] },
  },
  server: {
    // The mail frame has no origin (server/http/console.ts).
    cors: { origin: ['null'] },
    proxy: { '/trpc': toService, '/session': toService },
  },
});
