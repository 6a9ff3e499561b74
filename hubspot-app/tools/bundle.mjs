// Builds the extensions as HubSpot's own builder does: one classic script per entry file, React and remote-ui left to the host.
import { createRequire } from 'node:module';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const app = fileURLToPath(new URL('../src/app/', import.meta.url));
const outDir = fileURLToPath(new URL('../preview/dist/bundles/', import.meta.url));
const ENTRIES = [
  { folder: 'cards', entry: 'InvoicesCard.tsx' },
  { folder: 'settings', entry: 'SettingsPage.tsx' },
];

// Vite lives with the app's packages, since its tests need it too.
const vite = createRequire(path.join(app, 'package.json')).resolve('vite');
const { build } = await import(pathToFileURL(vite.replace(/index\.cjs$/, 'dist/node/index.js')).href);

await rm(outDir, { recursive: true, force: true });
await mkdir(outDir, { recursive: true });
for (const { folder, entry } of ENTRIES) {
  const name = `${path.basename(entry, '.tsx')}.js`;
  const root = path.join(app, folder);
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: false,
      lib: { entry: path.join(root, entry), name, formats: ['iife'], fileName: () => name },
      minify: true,
      rollupOptions: {
        external: ['react', 'react-dom', '@remote-ui/react'],
        output: { extend: true, globals: { react: 'React', '@remote-ui/react': 'RemoteUI' } },
      },
    },
  });
  console.log(`bundled ${folder}/${entry} → preview/dist/bundles/${name}`);
}
