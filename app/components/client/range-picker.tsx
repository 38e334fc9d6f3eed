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

/** From which day to which; the year once where it is one. */
export function spanOf(format: ReturnType<typeof useFormat>, { from, to }: Pick<ShownView, "from" | "to">): string {
  if (from === to) return format.day(to, "date");
  return `${format.day(from, from.slice(0, 4) === to.slice(0, 4) ? "day" : "date")} – ${format.day(to, "date")}`;
}

const itemClass = "rounded-[0.4375rem] px-2.5 py-1 text-[0.8125rem] font-medium whitespace-nowrap transition-colors";

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
        className="w-64"
        triggerClassName="inline-flex h-8 items-center gap-1.5 border border-line-strong bg-hover px-2.5 text-[0.8125rem] font-medium text-ink-muted hover:text-ink"
        label={t("range.more")}
        trigger={
          <span className="inline-flex items-center gap-1.5">
            <CalendarRange className="size-4" />
            {own ? spanOf(format, view) : t(`compare.${compare}`)}
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
        <Form
          key={`${from} ${to}`}
          method="get"
          preventScrollReset
          className="mt-1 grid gap-2 border-t border-line px-2.5 pt-3 pb-1.5"
          aria-label={t("range.own")}
        >
          {Object.entries({ ...keep, ...(compare !== "previous" && { compare }) }).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Field label={t("range.from")}>
            <Input type="date" name="from" defaultValue={from} max={to} required />
          </Field>
          <Field label={t("range.to")}>
            <Input type="date" name="to" defaultValue={to} required />
          </Field>
          <Button type="submit" size="sm">
            {t("range.apply")}
          </Button>
        </Form>
      </DropdownMenu>
    </div>
  );
}
