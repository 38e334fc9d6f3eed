import { useLocation, useSearchParams } from "@remix-run/react";
import { CircleCheck, CircleDashed, Eye, Inbox, LoaderCircle, type LucideIcon, SearchX } from "lucide-react";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { Pagination } from "#app/components/ui/pagination.tsx";
import { Tabs } from "#app/components/ui/tabs.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { VIEWS, type View } from "#app/list-approvals.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("approvals");

const ICONS: Record<View, LucideIcon> = {
  waiting: Inbox,
  shadowed: Eye,
  running: LoaderCircle,
  over: CircleCheck,
  withheld: CircleDashed,
};

interface Shown {
  view: View;
  automation: string | undefined;
}

/** Which of a client's actions are listed: tabs of how they stand, and a choice of the automation. */
export function ViewTabs({ view, automation, automations }: Shown & { automations: Outputs["policies"]["list"]["automations"] }) {
  const t = useWords();
  const { pathname } = useLocation();
  const { locale } = useDisplay();
  const addressOf = (each: View) => {
    const asked = new URLSearchParams({ ...(each !== "waiting" && { view: each }), ...(automation && { automation }) });
    return asked.size > 0 ? `${pathname}?${asked}` : pathname;
  };
  return (
    <>
      <Tabs
        className="mb-4"
        label={t("view.label")}
        items={VIEWS.map((each) => ({ to: addressOf(each), label: t(`view.${each}`), current: each === view }))}
      />
      {(view === "shadowed" || view === "running" || view === "withheld") && (
        <p className="mb-4 max-w-[90ch] text-sm text-ink-muted">{t(`about.${view}`)}</p>
      )}
      {automations.length > 1 && (
        <FilterForm active={automation !== undefined} className="mb-4 max-sm:[&>div]:col-span-2">
          {view !== "waiting" && <input type="hidden" name="view" value={view} />}
          <FilterSelect
            name="automation"
            label={t("filter.automation")}
            value={automation}
            any={t("filter.any")}
            options={automations.map(({ id, title }) => ({ value: id, label: title[locale] }))}
          />
        </FilterForm>
      )}
    </>
  );
}

/** What stands where no action is: what the view is for, and where to go. */
export function NoActions({ view, automation, older, automations }: Shown & { older: boolean; automations: string }) {
  const t = useWords();
  const { pathname } = useLocation();
  if (older || automation) {
    return (
      <EmptyState
        icon={SearchX}
        title={t(older ? "empty.older" : "noneFound")}
        action={
          <Button asChild>
            <Link to={view === "waiting" ? pathname : `${pathname}?view=${view}`}>{t(older ? "newest" : "filter.any")}</Link>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={ICONS[view]}
      title={t(`empty.${view}`)}
      action={
        <Button asChild>
          <Link to={automations}>{t("empty.action")}</Link>
        </Button>
      }
    >
      {t(`empty.${view}Body`)}
    </EmptyState>
  );
}

/** The foot of the list: how many are shown, the way to older ones, and back. */
export function ActionPages({ count, next, older }: { count: number; next: string | null; older: boolean }) {
  const t = useWords();
  const [search] = useSearchParams();
  const addressAt = (cursor: string | null) => {
    const asked = new URLSearchParams(search);
    if (cursor === null) asked.delete("cursor");
    else asked.set("cursor", cursor);
    return `?${asked}`;
  };
  return (
    <Pagination
      nextTo={next === null ? undefined : addressAt(next)}
      nextLabel={t("older")}
      summary={
        <span className="flex flex-wrap gap-x-3">
          <span role="status">{t("shown", { count })}</span>
          {older && (
            <Link to={addressAt(null)} className="link">
              {t("newest")}
            </Link>
          )}
        </span>
      }
    />
  );
}
