import type { ReactNode } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { BrandMark } from "./brand-mark.tsx";
import { LocaleForm, ThemeForm } from "./preference-forms.tsx";

/** One centred card on a quiet light, for signing in and the like. `footer` stands under the card. */
export function AuthLayout({
  title,
  description,
  footer,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="relative grid min-h-dvh grid-rows-[1fr_auto] overflow-clip">
      <div aria-hidden className="pointer-events-none absolute inset-0 -z-10">
        <div className="absolute start-1/2 top-1/2 -ms-80 -mt-80 size-160 animate-aura rounded-full bg-[radial-gradient(closest-side,var(--aura-cyan),transparent)]" />
        <div className="absolute start-1/2 top-1/2 -ms-24 -mt-40 size-140 animate-aura rounded-full bg-[radial-gradient(closest-side,var(--aura-magenta),transparent)] [animation-delay:-9s]" />
      </div>
      <main id="content" tabIndex={-1} className="grid place-items-center px-4 py-12 outline-none">
        <div className="w-full max-w-sm animate-rise">
          <Card
            padding="lg"
            className="before:absolute before:inset-x-8 before:-top-px before:h-px before:bg-linear-to-r before:from-transparent before:via-accent before:to-transparent"
          >
            <Link to="/" aria-label="Atrium" className="mb-6 block w-fit rounded-sm">
              <BrandMark className="size-9" />
            </Link>
            <h1 className="text-xl font-semibold">{title}</h1>
            {description && <div className="mt-2 text-sm text-ink-muted">{description}</div>}
            <div className="mt-6">{children}</div>
          </Card>
          {footer && <div className="mt-5 text-center text-[0.8125rem] text-ink-muted">{footer}</div>}
        </div>
      </main>
      <footer className="flex flex-wrap items-center justify-center gap-x-6 gap-y-2 px-4 pb-6">
        <LocaleForm />
        <ThemeForm />
      </footer>
    </div>
  );
}
