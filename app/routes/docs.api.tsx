import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Outlet, useLoaderData } from "@remix-run/react";
import { countsOf } from "#app/components/docs/operations.ts";
import { Brand } from "#app/components/shell/brand-mark.tsx";
import { Link, NavLink } from "#app/components/ui/link.tsx";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export function loader({ context }: LoaderFunctionArgs) {
  return { title: "API reference · Atrium", groups: countsOf(context.openApi()) };
}

const linkClass =
  "flex items-baseline justify-between gap-3 rounded-control px-2.5 py-1.5 text-sm text-ink-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink";

/** The frame of the API reference: all groups beside the one that is read. In English alone, as the document is. */
export default function ApiDocs() {
  const { groups } = useLoaderData<typeof loader>();
  return (
    <div lang="en" dir="ltr" className="mx-auto w-full max-w-6xl p-4 sm:p-6 lg:grid lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-10 lg:p-10">
      <aside className="lg:sticky lg:top-10 lg:max-h-[calc(100dvh-5rem)] lg:self-start lg:overflow-y-auto">
        <Link to="/" className="mb-6 block w-fit rounded-sm">
          <Brand label="API" />
        </Link>
        <nav aria-label="Groups" className="mb-6 lg:mb-0">
          <ul className="flex gap-1 overflow-x-auto pb-2 lg:grid lg:gap-0.5 lg:pb-0">
            <li className="shrink-0">
              <NavLink to="/docs/api" end className={linkClass}>
                All operations
              </NavLink>
            </li>
            {groups.map(({ tag, name, count }) => (
              <li key={tag} className="shrink-0">
                <NavLink to={`/docs/api/${tag}`} className={linkClass}>
                  {name}
                  <span className="text-xs text-ink-faint tabular-nums max-lg:hidden">{count}</span>
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      </aside>
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <Outlet />
      </main>
    </div>
  );
}
