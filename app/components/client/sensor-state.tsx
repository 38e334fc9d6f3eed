import { StatusDot } from "#app/components/ui/status-dot.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("runs");

export type SensorSummary = Outputs["overview"]["get"]["sensors"][number];
export type SensorView = Outputs["overview"]["sensor"];
export type Tile = SensorSummary["tiles"][number];

const TONES: Record<SensorSummary["state"], Tone> = {
  ok: "ok",
  waiting: "info",
  late: "warn",
  failing: "danger",
  blocked: "warn",
  off: "neutral",
};

/** How a sensor stands: a dot with its words. */
export function SensorState({ state }: { state: SensorSummary["state"] }) {
  const t = useWords();
  return (
    <StatusDot tone={TONES[state]} live={state === "waiting"} small muted>
      {t(`sensor.${state}`)}
    </StatusDot>
  );
}
