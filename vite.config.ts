import { cloudflare } from "@cloudflare/vite-plugin";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

declare module "@remix-run/cloudflare" {
  interface Future {
    v3_singleFetch: true;
  }
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
  server: { watch: { ignored: ["**/.wrangler/**", "**/.atrium/**", "**/build/**", "**/coverage/**"] } },
  ssr: { noExternal: true, resolve: { conditions: ["workerd", "worker", "browser"] } },
  // Of the server alone, for the stacks in its log: those of the browser's files would be public.
  build: { minify: true, sourcemap: isSsrBuild === true },
}));
