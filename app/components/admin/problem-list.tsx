import type { ReactNode } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { TONE_ICONS, TONE_TEXT } from "#app/components/ui/tone.ts";
import { useFormat } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { ProblemRow } from "./problem-row.tsx";
import { CAUSE_TONES, type Cause, type Problem } from "./problems.ts";

const useWords = wordsOf("today", "operations");

/** So many of one cause are in sight; the others fold out. */
const SHOWN = 8;

/** All problems of one cause, each with the action that mends it. */
export function ProblemList({ cause, problems }: { cause: Cause; problems: readonly Problem[] }) {
  const t = useWords();
  const format = useFormat();
  const tone = CAUSE_TONES[cause];
  const Icon = TONE_ICONS[tone];
  const rest = problems.slice(SHOWN);
  return (
    <Card as="section" padding="none">
      <h2 className="flex items-center gap-2 border-b border-line px-4 py-2.5 text-sm font-semibold sm:px-5">
        <Icon aria-hidden className={`size-4 shrink-0 ${TONE_TEXT[tone]}`} />
        {t(`causes.${cause}.title`)}
        <span className="font-normal text-ink-faint tabular-nums">{format.count(problems.length)}</span>
        {cause === "reconnect" && problems.length > 1 && (
          <Link to="/admin/remind" className="link ms-auto font-normal">
            {t("operations:bulk.remind.open")}
          </Link>
        )}
      </h2>
      <Rows problems={problems.slice(0, SHOWN)} />
      {rest.length > 0 && (
        <details className="border-t border-line">
          <summary className="px-4 py-2.5 text-[0.8125rem] text-ink-muted transition-colors hover:text-ink sm:px-5">
            {t("more", { count: rest.length })}
          </summary>
          <Rows problems={rest} />
        </details>
      )}
    </Card>
  );
}

function Rows({ problems }: { problems: readonly Problem[] }): ReactNode {
  return (
    <ul className="divide-y divide-line">
      {problems.map((problem) => (
        <ProblemRow key={keyOf(problem)} problem={problem} />
      ))}
    </ul>
  );
}

function keyOf(problem: Problem): string {
  switch (problem.cause) {
    case "incident":
      return problem.id;
    case "dead_letters":
      return `${problem.job} ${problem.letterCause}`;
    case "failing":
      return `${problem.client.id} ${problem.job}`;
    case "renewal":
      return problem.account.id;
    case "undelivered":
      return `${problem.client?.id} ${problem.kind}`;
    default:
      return problem.client.id;
  }
}
