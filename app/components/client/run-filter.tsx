import { FilterForm } from "#app/components/find/filter-form.tsx";
import { FilterSelect } from "#app/components/find/filter-select.tsx";
import { STATUSES } from "#app/components/runs/run-status.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("runs");

/** Which runs are listed. */
export function RunFilter({ job, status }: { job: string | undefined; status: string | undefined }) {
  const t = useWords();
  const { jobs } = useTenant();
  return (
    <FilterForm active={Boolean(job || status)}>
      <FilterSelect
        name="job"
        label={t("runs.job")}
        value={job}
        any={t("runs.anyJob")}
        options={jobs.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <FilterSelect
        name="status"
        label={t("runs.status")}
        value={status}
        any={t("runs.anyStatus")}
        options={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
      />
    </FilterForm>
  );
}
