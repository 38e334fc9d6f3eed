import { wordsOf } from "#app/i18n/words.tsx";
import { useAdmin } from "#app/portal/use-admin.ts";

const useWords = wordsOf("operations");

/** Beside what replays runs of these jobs: a provider that one of them reads has an open incident. Nothing where none has. */
export function DuringIncident({ jobs }: { jobs: readonly (string | null)[] }) {
  const t = useWords();
  const { incidentOf } = useAdmin();
  const names = new Set(jobs.flatMap((job) => (job === null ? [] : (incidentOf(job)?.providerName ?? []))));
  return [...names].map((provider) => (
    <span key={provider} className="mt-1 block text-[0.8125rem] text-warn">
      {t("deadLetters.during", { provider })}
    </span>
  ));
}
