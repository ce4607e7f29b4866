/** How the pages are built, tried out and tested. `CARECIRCLE_DEV_API` points the development server at a real console. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';
import { phoneShell } from './build/shell.ts';
import { wordsOfCodes } from './build/words.ts';
import { sampleConsole } from './dev/plugin.ts';

const api = process.env.CARECIRCLE_DEV_API;
const proxy = api === undefined ? {} : { '/api': { target: api }, '/healthz': { target: api } };

export default defineConfig({
  plugins: [svelte(), phoneShell('public'), wordsOfCodes(), ...(api === undefined ? [sampleConsole()] : []), ...(process.env.VITEST ? [svelteTesting()] : [])],
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
  build: {
    outDir: '../carecircle_console/pages',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false }, // every browser that runs the rest preloads modules by itself
    assetsInlineLimit: 0, // a strict content security policy allows no data: addresses
    sourcemap: false,
    // "feed.svelte.ts" would give its name to a chunk; what is shipped shall look like nothing but scripts.
    rolldownOptions: {
      // The service worker has one address for ever: browsers look there for a newer one.
      input: { index: 'index.html', worker: 'src/worker/worker.ts' },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'worker' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: (chunk) => `assets/${chunk.name.replace('.svelte', '')}-[hash].js`,
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    restoreMocks: true,
  },
});
