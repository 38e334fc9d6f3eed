import { Plug } from "lucide-react";
import { useBlockWords } from "#app/components/client/use-block-words.ts";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { scheduleBlocks } from "#db/words/runs.ts";
import type { AutomationState } from "./automation-state.ts";

const useWords = wordsOf("automations");

/**
 * What an automation lacks, each with the page where it is mended; else what keeps it from running, where it is on. `small`: in a line, for
 * a list.
 */
export function MissingNotices({
  state: { missing, block, policy },
  integrations,
  small = false,
}: {
  state: AutomationState;
  integrations: string | null;
  small?: boolean;
}) {
  const t = useWords();
  const blockWords = useBlockWords();
  const known = scheduleBlocks.find((each) => each === block);
  if (small && missing.length > 0) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-[0.8125rem]">
        <StatusDot tone={policy.mode === "off" ? "neutral" : "warn"} small>
          {t("lacks")}
        </StatusDot>
        {missing.map(({ provider, name, scopes }) =>
          integrations ? (
            <Button key={provider} asChild size="sm">
              <Link to={`${integrations}/${provider}`}>
                <Plug aria-hidden />
                {t(scopes.length > 0 ? "allow" : "connect", { provider: name })}
              </Link>
            </Button>
          ) : (
            <span key={provider} className="text-ink-muted">
              {t(scopes.length > 0 ? "allow" : "connect", { provider: name })}
            </span>
          ),
        )}
      </div>
    );
  }
  if (missing.length === 0) {
    if (!known || policy.mode === "off") return null;
    return (
      <Callout tone="warn" padding="sm" title={t("notRunning")}>
        {blockWords(known, [])}
      </Callout>
    );
  }
  return (
    <Callout tone={policy.mode === "off" ? "info" : "warn"} padding="sm" title={t("lacks")}>
      <ul className="mt-1 grid gap-2">
        {missing.map(({ provider, name, scopes }) => (
          <li key={provider} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {scopes.length > 0
                ? t("allowBody", { provider: name, scopes: scopes.join(", ") })
                : known && known !== "not_connected" && known !== "missing_scopes"
                  ? blockWords(known, [name])
                  : t("connectBody", { provider: name })}
            </span>
            {integrations && (
              <Button asChild size="sm">
                <Link to={`${integrations}/${provider}`}>
                  <Plug aria-hidden />
                  {t(scopes.length > 0 ? "allow" : "connect", { provider: name })}
                </Link>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Callout>
  );
}
