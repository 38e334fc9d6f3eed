import { Form } from "@remix-run/react";
import { CalendarRange, Check, ChevronDown } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { DropdownMenu } from "#app/components/ui/dropdown-menu.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { MenuLabel, MenuLink } from "#app/components/ui/menu-items.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { COMPARISONS, queryOf, RANGES, type ShownView, viewOf } from "#app/view.ts";

const useWords = wordsOf("overview");

/** From which day to which; the year once where it is one, and not at all where it is that of `beside`, a day that stands there already. */
export function spanOf(format: ReturnType<typeof useFormat>, { from, to }: Pick<ShownView, "from" | "to">, beside = ""): string {
  const end = format.day(to, isOneYear(from, to) && isOneYear(to, beside) ? "day" : "date");
  return from === to ? end : `${format.day(from, isOneYear(from, to) ? "day" : "date")} – ${end}`;
}

const isOneYear = (one: string, other: string) => one.slice(0, 4) === other.slice(0, 4);

const itemClass = "rounded-[0.4375rem] px-2.5 py-1 text-[0.8125rem] font-medium whitespace-nowrap transition-colors";

const menuClass =
  "inline-flex h-8 items-center gap-1.5 border border-line-strong bg-hover px-2.5 text-[0.8125rem] font-medium whitespace-nowrap text-ink-muted hover:text-ink";

/** On a phone its button begins a line. */
const lineStartClass = "max-sm:start-0 max-sm:end-auto";

/** Which days a page shows, and what they are compared with; `keep` is what else its address says. Links and a GET form. */
export function RangePicker({ view, keep = {} }: { view: ShownView; keep?: Readonly<Record<string, string>> }) {
  const t = useWords();
  const format = useFormat();
  const { compare, from, to } = view;
  const own = view.range === null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label={t("range.label")} className="flex rounded-control border border-line-strong bg-hover p-0.5">
        {RANGES.map((range) => (
          <Link
            key={range}
            to={queryOf({ range, compare }, keep) || "?"}
            preventScrollReset
            aria-current={view.range === range ? "true" : undefined}
            className={cn(itemClass, view.range === range ? "bg-surface text-ink shadow-sm" : "text-ink-muted hover:text-ink")}
          >
            <span aria-hidden>{t(`range.short${range}`)}</span>
            <span className="sr-only">{t(`range.days${range}`)}</span>
          </Link>
        ))}
      </nav>
      <DropdownMenu
        align="end"
        className={cn("w-64", own && lineStartClass)}
        triggerClassName={cn(menuClass, own && "text-ink")}
        trigger={
          <>
            <CalendarRange aria-hidden className="size-4" />
            {own ? spanOf(format, view) : t("range.own")}
          </>
        }
      >
        <Form key={`${from} ${to}`} method="get" preventScrollReset className="grid gap-2 px-2.5 py-1.5" aria-label={t("range.own")}>
          {Object.entries({ ...keep, ...(compare !== "previous" && { compare }) }).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Field label={t("range.from")}>
            <Input type="date" name="from" defaultValue={from} required />
          </Field>
          <Field label={t("range.to")}>
            <Input type="date" name="to" defaultValue={to} required />
          </Field>
          <Button type="submit" size="sm">
            {t("range.apply")}
          </Button>
        </Form>
      </DropdownMenu>
      <DropdownMenu
        align="end"
        className={lineStartClass}
        triggerClassName={menuClass}
        label={t("compare.now", { what: t(`compare.${compare}`) })}
        trigger={
          <span className="inline-flex items-center gap-1.5">
            {t(`compare.${compare}`)}
            <ChevronDown className="size-3.5" />
          </span>
        }
      >
        <MenuLabel>{t("compare.label")}</MenuLabel>
        {COMPARISONS.map((each) => (
          <MenuLink
            key={each}
            to={queryOf({ ...viewOf(view), compare: each }, keep) || "?"}
            end={each === compare && <Check aria-label={t("compare.chosen")} className="size-4 text-accent" />}
          >
            {t(`compare.${each}`)}
          </MenuLink>
        ))}
      </DropdownMenu>
    </div>
  );
}
