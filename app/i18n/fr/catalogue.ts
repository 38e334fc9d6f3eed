import { accounts } from "./accounts.ts";
import { admin } from "./admin.ts";
import { audit } from "./audit.ts";
import { auth } from "./auth.ts";
import { calendar } from "./calendar.ts";
import { callWords } from "./call-words.ts";
import { client } from "./client.ts";
import { clients } from "./clients.ts";
import { common } from "./common.ts";
import { connectionWords } from "./connection-words.ts";
import { consentWords } from "./consent-words.ts";
import { custody } from "./custody.ts";
import { data } from "./data.ts";
import { errors } from "./errors.ts";
import { findingWords } from "./finding-words.ts";
import { forms } from "./forms.ts";
import { incidents } from "./incidents.ts";
import { letterWords } from "./letter-words.ts";
import { notices } from "./notices.ts";
import { notifications } from "./notifications.ts";
import { operations } from "./operations.ts";
import { overview } from "./overview.ts";
import { run } from "./run.ts";
import { runWords } from "./run-words.ts";
import { runs } from "./runs.ts";
import { settings } from "./settings.ts";
import { team } from "./team.ts";
import { webhooks } from "./webhooks.ts";

export const catalogue = {
  client,
  notices,
  notifications,
  overview,
  accounts,
  runs,
  run,
  runWords,
  callWords,
  connectionWords,
  consentWords,
  findingWords,
  letterWords,
  settings,
  team,
  calendar,
  errors,
  forms,
  admin,
  clients,
  operations,
  audit,
  data,
  custody,
  common,
  auth,
  incidents,
  webhooks,
};
