import geistMonoLatin from "@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2?url";
import heeboHebrew from "@fontsource-variable/heebo/files/heebo-hebrew-wght-normal.woff2?url";
import interLatin from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Links, Meta, Outlet, Scripts, ScrollRestoration, useFetchers, useLoaderData, useRouteLoaderData } from "@remix-run/react";
import { type ReactNode, useEffect } from "react";
import { wordsOf } from "#app/i18n/words.tsx";
import { ErrorPage } from "./components/shell/error-page.tsx";
import { NavigationProgress } from "./components/shell/navigation-progress.tsx";
import { FlashBanner, Toaster } from "./components/ui/toast.tsx";
import { showToast } from "./components/ui/toast-store.ts";
import favicon from "./favicon.svg?no-inline";
import { DisplayProvider } from "./i18n/display.tsx";
import { directionOf, type Locale, regionOf } from "./i18n/locale.ts";
import { useLocaleSync } from "./i18n/use-locale-sync.ts";
import { useRenderContext } from "./render-context.ts";
import styles from "./styles.css?url";
import { CANVAS, isTheme, type Theme } from "./theme.ts";
import { titleOfError } from "./title.ts";

const useWords = wordsOf("common");

export const links: LinksFunction = () => [
  { rel: "preload", as: "font", type: "font/woff2", href: interLatin, crossOrigin: "anonymous" },
  { rel: "preload", as: "font", type: "font/woff2", href: geistMonoLatin, crossOrigin: "anonymous" },
  { rel: "stylesheet", href: styles },
  { rel: "icon", type: "image/svg+xml", href: favicon },
  { rel: "apple-touch-icon", href: "/apple-touch-icon.png" },
  { rel: "manifest", href: "/manifest.webmanifest" },
];

export const meta: MetaFunction = ({ error }) => [{ title: titleOfError(error) ?? "Atrium" }];

export function loader({ context, request }: LoaderFunctionArgs) {
  const { locale, theme } = context;
  const region = regionOf(request.headers.get("accept-language"), locale);
  return { locale, region, theme, flash: context.takeFlash(), now: Date.now() };
}

export default function App() {
  const { locale, region, flash, now } = useLoaderData<typeof loader>();
  useLocaleSync(locale);
  useEffect(() => {
    if (flash) showToast(flash);
  }, [flash]);
  return (
    <DisplayProvider locale={locale} region={region} now={now}>
      <FlashBanner flash={flash} />
      <Outlet />
    </DisplayProvider>
  );
}

/** The frame of every page, of the error page too, which has no loader data. */
export function Layout({ children }: { children: ReactNode }) {
  const { nonce, ...render } = useRenderContext();
  const data = useRouteLoaderData<typeof loader>("root");
  const locale: Locale = data?.locale ?? render.locale;
  const theme = usePendingTheme() ?? data?.theme ?? render.theme;
  const t = useWords();
  return (
    <html lang={locale} dir={directionOf(locale)} data-theme={theme} data-request={render.requestId}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content={theme === "system" ? "dark light" : theme} />
        {theme !== "light" && (
          <meta name="theme-color" content={CANVAS.dark} media={theme === "system" ? "(prefers-color-scheme: dark)" : undefined} />
        )}
        {theme !== "dark" && (
          <meta name="theme-color" content={CANVAS.light} media={theme === "system" ? "(prefers-color-scheme: light)" : undefined} />
        )}
        {locale === "he" && <link rel="preload" as="font" type="font/woff2" href={heeboHebrew} crossOrigin="anonymous" />}
        <Meta />
        <Links />
      </head>
      <body>
        <a
          href="#content"
          className="pop fixed start-4 top-4 z-50 -translate-y-24 rounded-control px-4 py-2 font-medium focus-visible:translate-y-0"
        >
          {t("skipToContent")}
        </a>
        <NavigationProgress />
        {children}
        <Toaster />
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export function ErrorBoundary() {
  return <ErrorPage />;
}

/** The theme that a form is just sending, so that the page turns at once. */
function usePendingTheme(): Theme | undefined {
  const sent = useFetchers()
    .find((fetcher) => fetcher.formAction === "/theme")
    ?.formData?.get("theme");
  return isTheme(sent) ? sent : undefined;
}
