import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { isOpen } from "#app/components/runs/run-status.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import type { Outputs } from "#server/trpc/root.ts";

type Run = Outputs["scripts"]["status"];

/** Why a run did not go well: its kind in plain words and, for staff, what the run itself said. */
export function RunProblem({ run: { status, tenantId, errorKind, errorMessage } }: { run: Run }) {
  const { t } = useTranslation(["admin", "client"]);
  if (errorKind === null) return null;
  return (
    <Callout
      tone={isOpen(status) ? "warn" : "danger"}
      title={t(`client:runError.${errorKind}.title`)}
      className="mb-6"
      action={
        status === "dead" && (
          <Button asChild size="sm">
            <Link to={`/admin/dead-letters?client=${tenantId}`}>{t("run.toDeadLetters")}</Link>
          </Button>
        )
      }
    >
      {errorMessage && <bdi className="[overflow-wrap:anywhere]">{errorMessage}</bdi>}
    </Callout>
  );
}
