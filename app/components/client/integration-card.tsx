import { ChevronRight } from "lucide-react";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { type Integration, pausedOf, stateOfProvider } from "./account-state.ts";
import { StateBadge } from "./state-badge.tsx";

const useWords = wordsOf("accounts", "account");

/** More names than this make a card longer than its neighbours. */
const namedAccounts = 2;

/** A provider that is connected, or lent: its accounts by name, how they are, and what they feed. The whole card leads to its page. */
export function ConnectedCard({ integration }: { integration: Integration }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { base } = useTenant();
  const { provider, name, connections, lent } = integration;
  const accounts = lent ? [...connections, { id: "lent", name: lent.account }] : connections;
  const paused = pausedOf(connections);
  const reads = [...connections.flatMap(({ reads }) => reads), ...(lent?.jobs ?? [])].filter(
    ({ id }) => !paused.some(({ job }) => job === id),
  );
  const list = (jobs: readonly { title: Integration["description"] }[]) =>
    new Intl.ListFormat(locale).format(jobs.map(({ title }) => title[locale]));
  const more = accounts.length - namedAccounts;
  return (
    <Card as="li" interactive padding="none" className="flex">
      <Link
        to={`${base}/integrations/${provider}`}
        prefetch="intent"
        className="flex min-w-0 flex-1 flex-col gap-3 rounded-card p-4 outline-none"
      >
        <span className="flex items-start gap-3">
          <ProviderMark id={provider} name={name} />
          <span className="grid min-w-0 flex-1 gap-1">
            <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
              <span className="text-[0.9375rem] font-semibold">{name}</span>
              <StateBadge state={stateOfProvider(integration)} />
            </span>
            <span className="grid text-[0.8125rem] text-ink-muted">
              {accounts.slice(0, namedAccounts).map(({ id, name: account }) => (
                <bdi key={id} className="max-w-full justify-self-start truncate">
                  {account}
                </bdi>
              ))}
              {more > 0 && <span className="text-ink-faint">{t("accounts.others", { count: more })}</span>}
            </span>
          </span>
        </span>
        <span className="mt-auto border-t border-line pt-3 text-[0.8125rem] text-ink-faint">
          {paused.length > 0 && <span className="block font-medium text-ink">{t("accounts.readsPaused", { list: list(paused) })}</span>}
          {reads.length > 0 && <span className="block">{t("accounts.feeds", { list: list(reads) })}</span>}
          {reads.length === 0 && paused.length === 0 && t("accounts.readsNone")}
        </span>
      </Link>
    </Card>
  );
}

/** A provider that could be connected: one line of what it is for. */
export function ShelfCard({ integration }: { integration: Integration }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { base } = useTenant();
  const { provider, name, description, proposed } = integration;
  const state = stateOfProvider(integration);
  return (
    <Card as="li" interactive padding="none" className="flex">
      <Link
        to={`${base}/integrations/${provider}`}
        prefetch="intent"
        className="flex min-w-0 flex-1 items-start gap-3 rounded-card p-4 outline-none"
      >
        <ProviderMark id={provider} name={name} />
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className="text-[0.9375rem] font-semibold">{name}</span>
          <span className="text-[0.8125rem] text-ink-muted">
            {proposed
              ? t("accounts.adds", { list: new Intl.ListFormat(locale).format(proposed.map((title) => title[locale])) })
              : description[locale]}
          </span>
          {(state === "not_configured" || state === "switched_off") && (
            <span className="text-xs text-ink-faint">{t(`account:state.${state}`)}</span>
          )}
        </span>
        <ChevronRight aria-hidden data-mirror className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      </Link>
    </Card>
  );
}
