import { Plug } from "lucide-react";
import { Badge } from "#app/components/ui/badge.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Callout } from "#app/components/ui/callout.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Skeleton } from "#app/components/ui/skeleton.tsx";
import { StatusDot } from "#app/components/ui/status-dot.tsx";
import { showToast } from "#app/components/ui/toast-store.ts";
import { Group, Row } from "./panel.tsx";
import { SAMPLES } from "./samples.ts";

const TONES = ["ok", "info", "warn", "danger", "neutral"] as const;
const TOASTS = ["success", "error", "info"] as const;

/** How something stands. */
export const States = () => (
  <Group id="states" title="States">
    {(locale) => {
      const { states, long } = SAMPLES[locale];
      return (
        <>
          <Row>
            {TONES.map((tone) => (
              <Badge key={tone} tone={tone}>
                {states[tone]}
              </Badge>
            ))}
          </Row>
          <Row>
            {TONES.map((tone) => (
              <StatusDot key={tone} tone={tone} live={tone === "info"}>
                {states[tone]}
              </StatusDot>
            ))}
          </Row>
          <Row>
            <Badge tone="warn">{long}</Badge>
            <Badge tone="ok" icon={false}>
              {states.ok}
            </Badge>
          </Row>
        </>
      );
    }}
  </Group>
);

/** What a page says of itself. */
export const Messages = () => (
  <Group id="messages" title="Messages">
    {(locale) => {
      const { states, title, body, connect } = SAMPLES[locale];
      return (
        <>
          {TONES.map((tone) => (
            <Callout key={tone} tone={tone} title={states[tone]} action={tone === "danger" && <Button size="sm">{connect}</Button>}>
              {body}
            </Callout>
          ))}
          <Card padding="none">
            <EmptyState icon={Plug} title={title} action={<Button variant="primary">{connect}</Button>}>
              {body}
            </EmptyState>
          </Card>
          <Row stacked>
            <Skeleton className="h-7 w-48" />
            <Skeleton />
            <Skeleton className="h-4 w-3/5" />
          </Row>
          <Row>
            {TOASTS.map((kind) => (
              <Button key={kind} size="sm" onClick={() => showToast({ kind, message: body })}>
                {kind}
              </Button>
            ))}
          </Row>
        </>
      );
    }}
  </Group>
);
