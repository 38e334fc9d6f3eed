import type { Fitted, Holdout } from "./fit-book.ts";
import type { CustomerFile } from "./read-orders.ts";

interface Told {
  unit: "day" | "week";
  withinDays: number;
}

/** What a fit came to, to be read in a terminal. */
export function tableOfFit(file: CustomerFile, { bgNbd, gammaGamma, holdout, choice }: Fitted, { unit, withinDays }: Told): string {
  const { params, standardErrors } = bgNbd;
  const lines = [
    `Rows: ${Object.entries(file.rows)
      .map(([what, count]) => `${rowWords[what] ?? what} ${count}`)
      .join(", ")}`,
    `Customers: ${bgNbd.customers}, of whom ${bgNbd.repeatCustomers} bought again`,
    "",
    `BG/NBD${file.kind === "orders" ? `, by ${unit}` : ""}    estimate    standard error`,
    ...(["r", "alpha", "a", "b"] as const).map((name) => estimate(name, params[name], standardErrors?.[name])),
    ...(bgNbd.withoutErrors ? [`No standard errors: ${withoutErrors[bgNbd.withoutErrors]}.`] : []),
    `Log-likelihood ${bgNbd.logLikelihood.toFixed(2)}; the ${bgNbd.starts.logLikelihoods.length} starts ${bgNbd.starts.agree ? "agree" : "disagree"}`,
    bgNbd.dropoutDoubt === null
      ? `Dropout is identified (${bgNbd.dropoutRatio.toFixed(1)} against a model in which nobody leaves; 5.99 needed)`
      : `Dropout is not identified: ${dropoutDoubts[bgNbd.dropoutDoubt]}`,
  ];
  if (gammaGamma) {
    lines.push("", "Gamma-Gamma    estimate    standard error");
    lines.push(...(["p", "q", "v"] as const).map((name) => estimate(name, gammaGamma.params[name], gammaGamma.standardErrors?.[name])));
    if (gammaGamma.withoutErrors) lines.push(`No standard errors: ${withoutErrors[gammaGamma.withoutErrors]}.`);
    lines.push(
      `Log-likelihood ${gammaGamma.logLikelihood.toFixed(2)}; ${gammaGamma.customers} customers, ${gammaGamma.leftOut} without value`,
    );
    lines.push(
      `Correlation of frequency and value ${gammaGamma.correlation?.toFixed(2) ?? "unknown"}${valueDoubts[gammaGamma.doubt ?? "none"]}`,
    );
  }
  if (holdout) lines.push("", ...holdoutLines(holdout, withinDays));
  if (choice) lines.push("", `Ranking by ${choice.step} (${choice.reason.replaceAll("_", " ")})`);
  return `${lines.join("\n")}\n`;
}

const rowWords: Record<string, string> = {
  ...{ read: "read", withoutCustomer: "without a customer", cancelled: "cancelled", later: "after the last day" },
};
const withoutErrors = { at_bound: "a parameter stands at its bound", not_positive_definite: "the likelihood is flat at its highest" };
const dropoutDoubts = {
  no_better_than_nbd: "a model in which nobody leaves is as good",
  at_bound: "a or b stands at its bound",
  flat: "the likelihood hardly changes along a and b",
};
const valueDoubts = { none: "", too_few: ": too few customers", correlated: ": too much for the model" };

const estimate = (name: string, value: number, error: number | undefined) =>
  `  ${name.padEnd(8)} ${value.toPrecision(5).padStart(12)} ${(error?.toPrecision(3) ?? "").padStart(14)}`;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function holdoutLines({ customers, orders, calibration, ranking }: Holdout, withinDays: number): string[] {
  const lines = [
    `Tried on the last ${withinDays} days, with what was known before: ${customers} customers, ${orders.observed} purchases, ${orders.expected.toFixed(0)} expected`,
  ];
  if (calibration) {
    lines.push("  customers   foretold   bought again (95 %)");
    for (const { customers, predicted, observed } of calibration.groups)
      lines.push(
        `  ${String(customers).padStart(9)} ${percent(predicted).padStart(10)} ${percent(observed.estimate).padStart(10)} (${percent(observed.low)} to ${percent(observed.high)})`,
      );
    lines.push(`  Calibration error ${percent(calibration.error)}`);
  }
  for (const [by, { area, somersD, inTopFifth }] of Object.entries(ranking ?? {}))
    lines.push(
      `  Ranked by ${by.padEnd(8)} area ${area.toFixed(3)}, Somers' D ${somersD.toFixed(3)}, ${percent(inTopFifth)} of the buyers in the top fifth`,
    );
  return lines;
}
