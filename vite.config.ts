import { resolve } from "node:path";
import { cloudflare } from "@cloudflare/vite-plugin";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

declare module "@remix-run/cloudflare" {
  interface Future {
    v3_singleFetch: true;
  }
}

const framework =
  /\/node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|turbo-stream|@remix-run\/(react|router|server-runtime))\//;
const frame = /\/app\/(components\/(ui|shell)|i18n)\/[^/]+$/;
const openedLater = /\/(alert-dialog|toast-viewport)\.tsx$/;

/**
 * What nearly every page needs is two files: one that changes with its packages, and one of the parts that pages are made of. Each part in
 * a file of its own, as Rollup would have it, made sixty of them, and a tenth more to load, since small files hardly compress.
 */
function chunkOf(id: string): string | undefined {
  if (framework.test(id)) return "framework";
  return frame.test(id) && !openedLater.test(id) ? "frame" : undefined;
}

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
    alias: [{ find: /^\.\.\/createLucideIcon\.mjs$/, replacement: resolve(import.meta.dirname, "app/components/ui/icon-of.ts") }],
  },
  server: { watch: { ignored: ["**/.wrangler/**", "**/.atrium/**", "**/build/**", "**/coverage/**"] } },
  ssr: { noExternal: true, resolve: { conditions: ["workerd", "worker", "browser"] } },
  build: {
    minify: true,
    // What is loaded later needs little beyond those two files, and the list of what each needs would weigh on every page.
    modulePreload: false,
    // Of the server alone, for the stacks in its log: those of the browser's files would be public.
    sourcemap: isSsrBuild === true,
    rollupOptions: isSsrBuild ? {} : { output: { manualChunks: chunkOf } },
  },
}));
