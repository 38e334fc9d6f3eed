import { Check, ChevronRight, X } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import { type Account, type Integration, isSwitchedOff } from "./account-state.ts";

const useWords = wordsOf("accounts");

/** What an account lets us read: by groups that people know, then by the provider's own names; and a form that asks for more. */
export function AccountAccess({ integration, account }: { integration: Integration; account: Account }) {
  const t = useWords();
  const { locale } = useDisplay();
  const { may, base } = useTenant();
  const { scopes, sets } = account;
  const stateOf = (id: string) => sets.find((set) => set.id === id);
  const refused = integration.scopeSets.filter(({ id }) => stateOf(id)?.granted === false);
  return (
    <details className="group/access">
      <summary className="flex flex-wrap items-center gap-1 rounded-sm text-[0.8125rem] text-ink-muted transition-colors hover:text-ink">
        <ChevronRight
          aria-hidden
          data-mirror
          className="size-3.5 transition-[rotate] group-open/access:rotate-90 rtl:group-open/access:-rotate-90"
        />
        {t("integrations.accessGranted", { count: scopes.granted.length })}
        {scopes.missing.length > 0 && (
          <span className="text-warn">{t("integrations.accessMissing", { count: scopes.missing.length })}</span>
        )}
      </summary>
      <div className="mt-3 grid gap-4 rounded-control border border-line bg-sunken p-3">
        <ul className="grid gap-1.5 text-[0.8125rem]">
          {integration.scopeSets.map(({ id, title }) => {
            const granted = stateOf(id)?.granted ?? false;
            const Icon = granted ? Check : X;
            return (
              <li key={id} className="flex items-start gap-2">
                <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", granted ? "text-ok" : "text-ink-faint")} />
                <span className={granted ? "text-ink" : "text-ink-muted"}>
                  {title[locale]}
                  <span className="sr-only">: {t(granted ? "integrations.granted" : "integrations.missing")}</span>
                </span>
              </li>
            );
          })}
        </ul>
        <Scopes title={t("integrations.granted")} scopes={scopes.granted} />
        <Scopes title={t("integrations.missing")} scopes={scopes.missing} />
        {may("connections:write") && refused.length > 0 && !isSwitchedOff(integration) && (
          <form method="get" action={`${base}/connect/${integration.provider}`} className="grid gap-3 border-t border-line pt-3">
            <input type="hidden" name="connection" value={account.id} />
            <input type="hidden" name="only" value="missing" />
            <input type="hidden" name="return" value={`${base}/integrations/${integration.provider}`} />
            <input type="hidden" name="ticks" value="1" />
            <fieldset className="grid gap-2">
              <legend className="mb-2 text-[0.8125rem] font-medium">{t("integrations.askMore")}</legend>
              {refused.map(({ id, title }) => (
                <Checkbox key={id} name="sets" value={id} defaultChecked={refused.length === 1} label={title[locale]} />
              ))}
            </fieldset>
            <Button type="submit" changes size="sm" className="justify-self-start">
              {t("integrations.ask")}
            </Button>
          </form>
        )}
      </div>
    </details>
  );
}

function Scopes({ title, scopes }: { title: string; scopes: readonly string[] }) {
  if (scopes.length === 0) return null;
  return (
    <div className="min-w-0">
      <h3 className="text-xs font-medium text-ink-faint">{title}</h3>
      <ul dir="ltr" className="mt-1 grid gap-0.5 font-mono text-xs text-ink-muted rtl:text-right">
        {scopes.map((scope) => (
          <li key={scope} className="break-all">
            {scope}
          </li>
        ))}
      </ul>
    </div>
  );
}
