import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import { useId } from "react";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Link } from "#app/components/ui/link.tsx";
import { TONE_ICONS, TONE_TEXT, type Tone } from "#app/components/ui/tone.ts";
import { useFormat } from "#app/i18n/display.tsx";
import type { Quantity, Unit } from "#app/i18n/format.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { HowCounted } from "./how-counted.tsx";
import { Sparkline } from "./sparkline.tsx";

const useWords = wordsOf("common");

export interface MetricTileProps {
  label: string;
  /** Null while nothing was measured. */
  quantity: Quantity | null;
  /** The same in further currencies, which are never added. */
  others?: readonly Quantity[];
  /** Both sides of a comparison, in the same unit; null where there is nothing to compare with, left out where none is shown. */
  compared?: Compared | null;
  /** What `compared` is held against, for who only hears the tile. */
  against?: string;
  /** How it is counted. */
  how?: string | undefined;
  /** Which way is good news; `neutral` colours neither. */
  better?: "higher" | "lower" | "neutral";
  /** Older figures for the sparkline, oldest first. */
  trend?: readonly (number | null)[];
  /** A judgement against thresholds, always with its words. */
  status?: { tone: Tone; label: string };
  /** What tells more of it; the whole tile is then the link. */
  to?: string;
  /** Whether that is what is shown now. */
  shown?: boolean;
}

export interface Compared {
  value: number;
  previous: number;
}

/** One number with its unit, how it moved, and its recent line. */
export function MetricTile({
  label,
  quantity,
  others = [],
  compared,
  against,
  how,
  better = "higher",
  trend,
  status,
  to,
  shown = false,
}: MetricTileProps) {
  const t = useWords();
  const id = useId();
  const StatusIcon = status && TONE_ICONS[status.tone];
  return (
    <Card
      as="article"
      aria-labelledby={id}
      padding="none"
      interactive={Boolean(to)}
      className={cn("flex flex-col overflow-hidden", shown && "outline-2 -outline-offset-2 outline-accent")}
    >
      <div className="flex flex-1 flex-col gap-0.5 px-3 pt-3 pb-2 sm:px-4 sm:pt-3.5">
        <div className="flex items-start justify-between gap-2">
          <p id={id} className="text-[0.8125rem] font-medium text-ink-muted">
            {to ? (
              <Link to={to} preventScrollReset aria-current={shown || undefined} className="outline-none after:absolute after:inset-0">
                {label}
              </Link>
            ) : (
              label
            )}
          </p>
          {status && StatusIcon && (
            <span className={cn("inline-flex shrink-0 items-center gap-1 text-xs font-medium", TONE_TEXT[status.tone])}>
              <StatusIcon aria-hidden className="size-3.5" />
              {status.label}
            </span>
          )}
        </div>
        {quantity ? <BigNumber quantity={quantity} /> : <p className="py-1 text-base text-ink-faint">{t("metric.none")}</p>}
        {others.map((other) => (
          <OtherCurrency key={other.currency} quantity={other} />
        ))}
        {quantity && compared !== undefined && <Change unit={quantity.unit} compared={compared} against={against} better={better} />}
        <HowCounted how={how} label={label} />
      </div>
      {trend && <Sparkline values={trend} className="h-8" />}
    </Card>
  );
}

/** Larger numbers are shortened everywhere but in tables and where one is pointed at; the exact figure is the title. */
const SHORTEN_FROM = 100_000;

/** The figure, what stands before and after its digits smaller. */
function BigNumber({ quantity }: { quantity: Quantity }) {
  const format = useFormat();
  const text = format.quantity(quantity, { compactFrom: SHORTEN_FROM });
  const [, before = "", digits = text, after = ""] = /^(\D*)(\d[\d.,\s\u2019]*\d|\d)(\D*)$/.exec(text) ?? [];
  return (
    <p
      className="text-[1.375rem]/8 font-semibold tracking-[-0.02em] whitespace-nowrap text-ink tabular-nums sm:text-2xl/9"
      title={format.quantity(quantity)}
      suppressHydrationWarning
    >
      <bdi>
        {before && <span className="text-[0.7em] leading-none text-ink-muted">{before}</span>}
        {digits}
        {after && <span className="text-[0.7em] leading-none text-ink-muted">{after}</span>}
      </bdi>
    </p>
  );
}

function OtherCurrency({ quantity }: { quantity: Quantity }) {
  const t = useWords();
  const format = useFormat();
  return (
    <p className="text-[0.8125rem] text-ink-muted tabular-nums" title={format.quantity(quantity)} suppressHydrationWarning>
      {t("metric.also")} <bdi>{format.quantity(quantity, { compactFrom: SHORTEN_FROM })}</bdi>
    </p>
  );
}

interface ChangeProps {
  unit: Unit;
  compared: Compared | null;
  against: string | undefined;
  better: "higher" | "lower" | "neutral";
}

function Change({ unit, compared, against, better }: ChangeProps) {
  const t = useWords();
  const format = useFormat();
  const moved = compared === null ? null : changeOf(compared.value, compared.previous, unit);
  if (compared === null || moved === null) return <p className="text-xs text-ink-faint">{t("metric.noPrevious")}</p>;
  const size = Math.abs(moved);
  const change =
    unit === "ratio" ? t("metric.points", { points: format.quantity({ value: size * 100, unit: "number" }) }) : format.ratio(size);
  const Icon = moved > 0 ? ArrowUpRight : moved < 0 ? ArrowDownRight : ArrowRight;
  const words = moved > 0 ? t("metric.up", { change }) : moved < 0 ? t("metric.down", { change }) : t("metric.same");
  const good = better === "neutral" || moved === 0 ? null : moved > 0 === (better === "higher");
  return (
    <p className={cn("flex items-center gap-0.5 text-xs font-medium", good === null ? "text-ink-muted" : good ? "text-ok" : "text-danger")}>
      <Icon aria-hidden data-mirror className="size-3.5" />
      <span aria-hidden>{moved === 0 ? t("metric.same") : change}</span>
      <span className="sr-only">
        {words} {against}
      </span>
    </p>
  );
}

/** Ratios move by points, everything else by a share of what it was; null when that share has no meaning. */
function changeOf(value: number, previous: number, unit: Unit): number | null {
  if (unit === "ratio") return Math.round((value - previous) * 10_000) / 10_000;
  if (previous === 0) return value === 0 ? 0 : null;
  return Math.round(((value - previous) / Math.abs(previous)) * 1000) / 1000;
}
