import { StatusDot } from "#app/components/ui/status-dot.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("runs");

export type SensorView = Outputs["overview"]["get"]["sensors"][number];

const TONES: Record<SensorView["state"], Tone> = {
  ok: "ok",
  waiting: "info",
  late: "warn",
  failing: "danger",
  blocked: "warn",
  off: "neutral",
};

/** How a sensor stands: a dot with its words. */
export function SensorState({ state }: { state: SensorView["state"] }) {
  const t = useWords();
  return (
    <StatusDot tone={TONES[state]} live={state === "waiting"} small muted>
      {t(`sensor.${state}`)}
    </StatusDot>
  );
}
