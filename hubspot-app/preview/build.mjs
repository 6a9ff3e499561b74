// Builds the preview page: the host (HTML for HubSpot's components) and the worker (the globals that HubSpot's worker has).
import { build } from 'esbuild';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await mkdir(here('dist'), { recursive: true });
await build({
  entryPoints: { host: here('src/host.tsx'), worker: here('src/worker.tsx') },
  outdir: here('dist'),
  bundle: true,
  // A classic script: bundles begin with `this.Name = …`, which a module worker would refuse.
  format: 'iife',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
await cp(here('static'), here('dist'), { recursive: true });
console.log('built preview → preview/dist');
