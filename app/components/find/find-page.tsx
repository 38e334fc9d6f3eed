import { Form, useLocation } from "@remix-run/react";
import { Search, SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Found, FoundGroup } from "#app/portal/find.ts";

const useWords = wordsOf("find");

const rowClass =
  "flex w-full min-w-0 items-baseline gap-3 px-4 py-2.5 text-start text-sm -outline-offset-2 transition-colors hover:bg-hover";

/** The search as a page: what the palette shows where there is JavaScript. `children` stand where nothing was found. */
export function FindPage({
  name,
  text,
  groups,
  placeholder,
  children,
}: {
  /** Of the field in the address. */
  name: "q" | "id";
  text: string;
  groups: readonly FoundGroup[];
  placeholder: string;
  children: ReactNode;
}) {
  const t = useWords();
  const { pathname } = useLocation();
  return (
    <>
      <PageHeader title={t("title")} />
      <search>
        <form method="get" action={pathname} className="mb-6 flex max-w-xl gap-2">
          <Input
            key={text}
            type="search"
            name={name}
            maxLength={200}
            defaultValue={text}
            aria-label={t("title")}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            className="min-w-0 flex-1"
          />
          <Button type="submit">
            <Search aria-hidden />
            {t("title")}
          </Button>
        </form>
      </search>
      {groups.length === 0 && (
        <Card padding="none">
          <EmptyState icon={SearchX} title={t("none")}>
            {children}
          </EmptyState>
        </Card>
      )}
      <div className="grid gap-6">
        {groups.map(({ kind, items }) => (
          <section key={kind} aria-labelledby={`found-${kind}`}>
            <h2 id={`found-${kind}`} className="mb-2 text-sm font-semibold">
              {t(`groups.${kind}`)}
            </h2>
            <Card padding="none">
              <ul className="divide-y divide-line">
                {items.map((item) => (
                  <li key={keyOf(item)}>
                    <FoundRow item={item} />
                  </li>
                ))}
              </ul>
            </Card>
          </section>
        ))}
      </div>
    </>
  );
}

/** Unlike those of all others in its group. */
export const keyOf = (item: Found): string => ("to" in item ? `${item.to} ${item.label}` : JSON.stringify([item.post, item.fields]));

function FoundRow({ item }: { item: Found }) {
  const { pathname, search } = useLocation();
  if ("to" in item) {
    return (
      <Link to={item.to} className={rowClass}>
        <FoundText item={item} />
      </Link>
    );
  }
  return (
    <Form method="post" action={item.post} reloadDocument>
      {Object.entries({ returnTo: `${pathname}${search}`, ...item.fields }).map(([field, value]) => (
        <input key={field} type="hidden" name={field} value={value} />
      ))}
      <button type="submit" className={rowClass}>
        <FoundText item={item} />
      </button>
    </Form>
  );
}

/** Its name, and what stands behind it, each in its own direction. */
export function FoundText({ item: { label, detail } }: { item: Found }) {
  return (
    <>
      <bdi className="min-w-0 truncate">{label}</bdi>
      {detail && <bdi className="min-w-0 truncate text-xs text-ink-faint">{detail}</bdi>}
    </>
  );
}
