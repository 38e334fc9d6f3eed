import type { IncidentKind } from "#db/words/incidents.ts";

/** What an action may be watched for: for whom it waits, or how it ended. `unsure`: a person has to say what became of it. */
export const watchedStates = ["waiting", "done", "failed", "unsure"] as const;
export type WatchedState = (typeof watchedStates)[number];

/** One figure of a day: in the metric's own unit, money in minor units. `measuredAt`: when it was last written. */
export interface DayValue {
  day: string;
  value: number;
  measuredAt: number;
}

export interface WatchedAction {
  id: string;
  automation: string;
  state: WatchedState;
  /** `customer:…`, `order:…`, by the shop's id. */
  subject: string;
  /** The shop whose ids these are. */
  connectionId: string;
  /** When it came into this state. */
  at: number;
}

/** Behind the action of this id at this instant; with no id, from the instant on. */
export interface WatchedPlace {
  at: number;
  id: string;
}

export interface WatchedIncident {
  id: string;
  provider: string;
  kind: IncidentKind;
  openedAt: number;
  closedAt: number | null;
}

/** What an automation may look at beside the shop's history. Instants are milliseconds since 1970. */
export interface Watch {
  /**
   * Days of the whole of one metric from a day on, the oldest first, and the calendar (IANA) of those days. Of money what is in this
   * currency; with null, of what is no money, all of it, counts by currency added.
   */
  days(of: { sensor: string; metric: string; currency: string | null; from: string }): Promise<{ timezone: string; days: DayValue[] }>;
  /**
   * Actions of other automations that came into one of these states behind a place, the oldest first, by instant and id. `shop`: whose
   * ids they name, by our id of it. `automation`: of this one alone.
   */
  actions(of: {
    except: string;
    shop: string;
    automation: string | null;
    states: readonly WatchedState[];
    since: WatchedPlace;
    limit: number;
  }): Promise<WatchedAction[]>;
  /** Incidents that began or ended at or after an instant, at providers of which the client has an account. */
  incidents(of: { since: number }): Promise<WatchedIncident[]>;
}
