import { Link } from "#app/components/ui/link.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { ScheduleBlock } from "#db/words/runs.ts";
import { SensorState, type SensorSummary } from "./sensor-state.tsx";
import { mendedByConnecting, useBlockWords } from "./use-block-words.ts";

const useWords = wordsOf("runs");

/** How a sensor stands, or what it waits for, with the way to where that is mended. */
export function SensorStanding({ sensor: { id, state, blocked } }: { sensor: SensorSummary }) {
  return state === "blocked" && blocked ? <Block id={id} block={blocked} /> : <SensorState state={state} />;
}

/** Not connected is how everybody begins; what was there and is gone is a warning. */
function Block({ id, block }: { id: string; block: ScheduleBlock }) {
  const blockWords = useBlockWords();
  const t = useWords();
  const { base, providersOf } = useTenant();
  // What waits for a new sign-in is told above the page, once for all that waits for it.
  const words = block === "reconnect_needed" ? t("sensor.blocked") : blockWords(block, providersOf(id));
  return (
    <StatusDot tone={block === "not_connected" ? "neutral" : "warn"} small>
      {mendedByConnecting(block) && block !== "reconnect_needed" ? (
        <Link to={`${base}/integrations`} className="link">
          {words}
        </Link>
      ) : (
        words
      )}
    </StatusDot>
  );
}
