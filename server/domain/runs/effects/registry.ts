import { writeActions } from "./actions.ts";
import { noteAnswers, noteFailures } from "./connections.ts";
import { writeCosts } from "./costs.ts";
import { dropSettled, writeCrmConflicts, writeCrmRecords } from "./crm.ts";
import { dropUnscored, noteScored, noteTold, writeCustomerModel, writeCustomerScores } from "./customer-base.ts";
import { writeCustomers } from "./customers.ts";
import { dropUnlisted } from "./listed-orders.ts";
import { writeMeasurements } from "./measurements.ts";
import { noteOccurrences, wakeHearers } from "./occurrences.ts";
import { noteAsked, writeContents, writeParcels } from "./order-contents.ts";
import { writeOrders } from "./orders.ts";
import { writeProducts } from "./products.ts";
import { judgeReferrals, writeFriendsCodes, writeReferrals } from "./referrals.ts";
import { writeRefunds } from "./refunds.ts";
import { writeRunLogs } from "./run-logs.ts";
import { wakeFed, wakeNamed, writeSchedules } from "./schedules.ts";
import { writeSupplied } from "./supplied.ts";
import { dropTaken, noteOthers, noteSeen, writeCatalogSent, writeListed, writeSyncs } from "./syncs.ts";
import type { WriteRows } from "./writing.ts";

/** Every kind of row that comes of a run, in the order in which they are written. */
export const effects: readonly WriteRows[] = [
  noteOccurrences,
  writeMeasurements,
  writeOrders,
  writeRefunds,
  dropUnlisted,
  writeContents,
  writeParcels,
  noteAsked,
  writeProducts,
  writeCustomers,
  writeCustomerModel,
  writeCustomerScores,
  dropUnscored,
  noteScored,
  writeActions,
  noteTold,
  writeSyncs,
  dropTaken,
  noteSeen,
  noteOthers,
  writeListed,
  writeCatalogSent,
  writeFriendsCodes,
  writeReferrals,
  judgeReferrals,
  writeCrmRecords,
  writeCrmConflicts,
  dropSettled,
  writeSupplied,
  writeRunLogs,
  wakeFed,
  writeSchedules,
  wakeNamed,
  wakeHearers,
  noteAnswers,
  noteFailures,
  writeCosts,
];
