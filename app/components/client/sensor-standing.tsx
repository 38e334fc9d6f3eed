import { Link } from "#app/components/ui/link.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { ScheduleBlock } from "#db/words/runs.ts";
import { SensorState, type SensorSummary } from "./sensor-state.tsx";
import { mendedByConnecting, useBlockWords } from "./use-block-words.ts";

/** How a sensor stands, or what it waits for, with the way to where that is mended. */
export function SensorStanding({ sensor: { id, state, blocked } }: { sensor: SensorSummary }) {
  return state === "blocked" && blocked ? <Block id={id} block={blocked} /> : <SensorState state={state} />;
}

/** Not connected is how everybody begins; what was there and is gone is a warning. */
function Block({ id, block }: { id: string; block: ScheduleBlock }) {
  const blockWords = useBlockWords();
  const { base, providersOf } = useTenant();
  const words = blockWords(block, providersOf(id));
  return (
    <StatusDot tone={block === "not_connected" ? "neutral" : "warn"} small>
      {mendedByConnecting(block) ? (
        <Link to={`${base}/integrations`} className="link">
          {words}
        </Link>
      ) : (
        words
      )}
    </StatusDot>
  );
}
