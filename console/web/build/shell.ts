/** Tells the service worker which files are the shell of the phones' pages, and names the version after their content. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type { Plugin, Rolldown } from 'vite';

/** Parts that phones need without a line; the dispatcher's and the administrator's pages are of no use without one. */
const OF_PHONES = /\/src\/(pages\/(responder|family)|messages\/(en|bo))\//;

type Bundle = Rolldown.OutputBundle;

export function phoneShell(publicFolder: string): Plugin {
  return {
    name: 'carecircle-phone-shell',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker === undefined || worker.type !== 'chunk') throw new Error('the service worker was not built');
        if (worker.imports.length > 0) throw new Error('the service worker must be one file');
        const kept = ['manifests', 'icons'].flatMap((folder) => readdirSync(`${publicFolder}/${folder}`).map((name) => `${folder}/${name}`)).sort();
        const files = [...filesOfPhones(bundle)].sort();
        const digest = createHash('sha256');
        for (const name of files) digest.update(name);
        for (const name of kept) digest.update(readFileSync(`${publicFolder}/${name}`));
        const page = bundle['index.html'];
        digest.update(page?.type === 'asset' ? page.source : '').update(worker.code);
        const shell = JSON.stringify(['/', ...[...files, ...kept].map((name) => `/${name}`)]);
        worker.code = worker.code.replace(/(["'`])__SHELL__\1/, () => shell).replace('__VERSION__', digest.digest('hex').slice(0, 16));
      },
    },
  };
}

/** The entry, what it needs at once, and the parts of the phones' pages with what they need. */
function filesOfPhones(bundle: Bundle): Set<string> {
  const found = new Set<string>();
  const take = (name: string): void => {
    const chunk = bundle[name];
    if (found.has(name) || chunk === undefined) return;
    found.add(name);
    if (chunk.type !== 'chunk') return;
    for (const style of (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss ?? []) take(style);
    chunk.imports.forEach(take);
    for (const later of chunk.dynamicImports) {
      const part = bundle[later];
      if (part?.type === 'chunk' && OF_PHONES.test(part.facadeModuleId ?? '')) take(later);
    }
  };
  for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry && chunk.fileName !== 'sw.js') take(chunk.fileName);
  return found;
}
