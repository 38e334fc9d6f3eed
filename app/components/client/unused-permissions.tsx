import { Card } from "#app/components/ui/card.tsx";
import { useFormat } from "#app/i18n/display.tsx";
import { isolate } from "#app/i18n/isolate.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("accounts");

/** Permissions of one account that nothing has used for long, and what to do about them. */
export function UnusedPermissions({
  unused: { account, providerName, scopes, since },
}: {
  unused: Outputs["connections"]["unused"][number];
}) {
  const t = useWords();
  const format = useFormat();
  return (
    <Card padding="sm" className="mt-4">
      <h3 className="text-[0.8125rem] font-semibold">{t("accounts.unusedTitle")}</h3>
      <p className="mt-0.5 text-[0.8125rem] text-ink-muted">
        {t("accounts.unusedBody", { date: format.date(since, "date"), account: isolate(account) })}
      </p>
      <ul dir="ltr" className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 font-mono text-xs text-ink-muted rtl:justify-end">
        {scopes.map((scope) => (
          <li key={scope} className="break-all">
            {scope}
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs text-ink-faint">{t("accounts.unusedFix", { provider: providerName })}</p>
    </Card>
  );
}
