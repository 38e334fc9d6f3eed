import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Account } from "./account-state.ts";

const useWords = wordsOf("accounts");

/** More names than this are told by their number. */
const namedThings = 3;

/** What of the things under this login is read, kind by kind, and the way to change it. */
export function AccountChoices({ provider, account }: { provider: string; account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { base, may } = useTenant();
  if (account.choices.length === 0) return null;
  return (
    <div className="min-w-0">
      <h3 className="mb-2 text-xs font-medium text-ink-faint">{t("accounts.chosen")}</h3>
      <ul className="grid divide-y divide-line rounded-control border border-line bg-sunken">
        {account.choices.map(({ kind, title, chosen }) => {
          const more = chosen.length - namedThings;
          const back = new URLSearchParams({ connection: account.id, kind, return: `${base}/integrations/${provider}` });
          return (
            <li key={kind} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 px-3 py-2.5 text-[0.8125rem]">
              <div className="min-w-0">
                <p className="text-ink-faint">{title[locale]}</p>
                {chosen.length === 0 && <p className="text-ink-muted">{t("accounts.nothingChosen")}</p>}
                <ul>
                  {chosen.slice(0, namedThings).map(({ id, name, gone }) => (
                    <li key={id} className="flex flex-wrap items-center gap-x-2 font-medium text-ink [overflow-wrap:anywhere]">
                      <bdi>{name}</bdi>
                      {gone && <Badge tone="warn">{t("accounts.gone")}</Badge>}
                    </li>
                  ))}
                </ul>
                {more > 0 && <p className="text-ink-faint">{t("accounts.others", { count: more })}</p>}
              </div>
              {may("connections:write") && account.status === "active" && (
                <Button asChild size="sm">
                  <Link to={`${base}/integrations/${provider}/choose?${back}`}>
                    {t(chosen.length === 0 ? "accounts.choose" : "accounts.change")}
                    <span className="sr-only">: {title[locale]}</span>
                  </Link>
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
