import { resolve } from "node:path";
import { cloudflare } from "@cloudflare/vite-plugin";
import { vitePlugin as remix } from "@remix-run/dev";
import { minify } from "@swc/core";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";

declare module "@remix-run/cloudflare" {
  interface Future {
    v3_singleFetch: true;
  }
}

const framework =
  /\/node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|turbo-stream|@remix-run\/(react|router|server-runtime))\//;
const frame = /\/app\/(components\/(ui|shell)\/[^/]+|i18n\/[^/]+|portal\/use-[^/]+|title\.ts|sent\.ts)$/;
const runs = /\/app\/components\/(runs\/(run-(status|table)|use-live)|client\/(every|sensor-state|use-block-words))\.tsx?$/;
const accounts = /\/app\/components\/client\/(account-state\.ts|owed-access\.tsx)$/;
const figures = /\/app\/components\/(charts\/(metric-tile|sparkline)|client\/(quantity-of|trend-of))\.tsx?$/;
/** What is opened later, or is on few pages. */
const apart =
  /\/(alert-dialog|toast-viewport|auth-layout|code-input|provider-mark|textarea|tenant-switcher|profile-form|checkbox|fold|pagination)\.tsx$/;

/**
 * What nearly every page needs is two files: one that changes with its packages, and one of the parts that pages are made of. Each part in
 * a file of its own, as Rollup would have it, made sixty of them, and a tenth more to load, since small files hardly compress. What stands
 * together wherever runs or figures are shown is one file for the same reason.
 */
function chunkOf(id: string): string | undefined {
  if (framework.test(id)) return "framework";
  if (runs.test(id)) return "runs";
  if (figures.test(id)) return "figures";
  if (accounts.test(id)) return "accounts";
  return frame.test(id) && !apart.test(id) ? "frame" : undefined;
}

/** An icon's parts carry keys for React, random letters that no compression shortens; ours are one text (icon-of.ts). */
const iconsWithoutKeys: Plugin = {
  name: "icons-without-keys",
  transform: (code, id) =>
    /\/lucide-react\/dist\/esm\/icons\//.test(id) ? { code: code.replace(/,\s+key: "\w+"/g, ""), map: null } : null,
};

/** What a browser loads is made smaller once more than esbuild makes it, by a twentieth and in a second. */
const minifyOnceMore: Plugin = {
  name: "minify-once-more",
  apply: (_, { isSsrBuild }) => isSsrBuild !== true,
  renderChunk: {
    order: "post",
    async handler(code) {
      const { code: smaller } = await minify(code, { module: true, ecma: 2020, compress: { passes: 3 }, mangle: true });
      return { code: smaller, map: null };
    },
  },
};

export default defineConfig(({ command, isSsrBuild }) => ({
  plugins: [
    // In development Remix and Hono run inside workerd with the real bindings; a build is bundled by wrangler.
    command === "serve" &&
      cloudflare({
        persistState: { path: ".atrium/dev" },
        config: (config) => {
          config.assets = undefined;
          config.alias = undefined;
        },
      }),
    remix({
      appDirectory: "app",
      ssr: true,
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: true,
      },
    }),
    tailwindcss(),
    iconsWithoutKeys,
    minifyOnceMore,
  ],
  optimizeDeps: { entries: ["app/**/*.{ts,tsx}", "server/**/*.ts", "workers/**/*.ts"] },
  environments: {
    atrium: {
      optimizeDeps: {
        entries: ["app/**/*.{ts,tsx}", "server/**/*.ts", "workers/**/*.ts"],
        include: ["react", "react/jsx-runtime", "react/jsx-dev-runtime", "react-dom", "@remix-run/react", "@remix-run/cloudflare"],
      },
    },
  },
  resolve: {
    alias: [
      { find: /^\.\.\/createLucideIcon\.mjs$/, replacement: resolve(import.meta.dirname, "app/components/ui/icon-of.ts") },
      // The Worker needs nothing of the browser's renderer, which is as large as all of our pages.
      ...(isSsrBuild === true ? [{ find: /^react-dom$/, replacement: resolve(import.meta.dirname, "app/react-dom.server.ts") }] : []),
    ],
  },
  server: { watch: { ignored: ["**/.wrangler/**", "**/.atrium/**", "**/build/**", "**/coverage/**"] } },
  // Bundled with what else the Worker has of it.
  ssr: { noExternal: true, external: ["zod"], resolve: { conditions: ["workerd", "worker", "browser"] } },
  build: {
    minify: true,
    // What is loaded later needs little beyond those two files, and the list of what each needs would weigh on every page.
    modulePreload: false,
    // Of the server alone, for the stacks in its log: those of the browser's files would be public.
    sourcemap: isSsrBuild === true,
    rollupOptions: isSsrBuild ? {} : { output: { manualChunks: chunkOf } },
  },
}));
