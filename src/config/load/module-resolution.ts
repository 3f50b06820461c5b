// How configurations in code find their imports. The file may stand in a folder without packages and may belong to a
// CommonJS package: `longhaul` and `zod` then come from this installation, and a `.ts` file is always an ES module.
import { registerHooks } from 'node:module';
import { extname } from 'node:path';

const OWN_PACKAGES = new Set(['longhaul', 'zod']);

/** Registers the resolution for the whole process: done once, by the command line, before a configuration is loaded. */
export function registerModuleResolution(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      try {
        const resolved = next(specifier, context);
        const { pathname } = new URL(resolved.url);
        const local = pathname.endsWith('.ts') && !pathname.includes('/node_modules/');
        return local ? { ...resolved, format: 'module-typescript' } : resolved;
      } catch (error) {
        if (!OWN_PACKAGES.has(specifier)) throw error;
        if (specifier === 'zod') return next(specifier, { ...context, parentURL: import.meta.url });
        // Beside this folder, whether it runs from source or compiled.
        const url = new URL(`../../index${extname(import.meta.url)}`, import.meta.url).href;
        return next(url, context);
      }
    },
  });
}
