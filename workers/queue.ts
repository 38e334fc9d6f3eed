import { kindOf } from "#server/catalog/actions/registry.ts";
import { allJobs } from "#server/catalog/jobs.ts";
import type { Ctx } from "#server/ctx.ts";
import type { Acting } from "#server/domain/actions/acting.ts";
import { decideByPolicy } from "#server/domain/actions/decide-by-policy.ts";
import { tellWaiting } from "#server/domain/actions/tell-waiting.ts";
import { actionShare, workActions } from "#server/domain/actions/work-actions.ts";
import { askInChannel } from "#server/domain/asking/ask-in-channel.ts";
import { showAsked } from "#server/domain/asking/show-asked.ts";
import { workToken } from "#server/domain/connecting/work-token.ts";
import { eraseTenant } from "#server/domain/custody/erase-tenant.ts";
import { makeExport } from "#server/domain/custody/make-export.ts";
import { workMail } from "#server/domain/mail/work-mail.ts";
import { workRehearsal } from "#server/domain/rehearsals/work-rehearsal.ts";
import { defaultLimits, type Engine } from "#server/domain/runs/engine.ts";
import { workBatch } from "#server/domain/runs/work-batch.ts";
import { workDead } from "#server/domain/runs/work-dead.ts";
import { openAccount } from "#server/domain/tokens/open-account.ts";
import { openWriter } from "#server/domain/tokens/open-writer.ts";
import { createPlaces, type Places } from "#server/domain/turns/places.ts";
import { subscribeEvents } from "#server/domain/webhooks/subscribe-events.ts";
import { workDelivery } from "#server/domain/webhooks/work-delivery.ts";
import type { Env } from "#server/env.ts";
import { ActionMessage, MailMessage, type Message, TaskMessage, TokenMessage } from "#server/messages.ts";
import { asking } from "./asking.ts";
import { sendPages } from "./build-ctx.ts";
import { jobCtx } from "./context.ts";

const engine: Engine = {
  jobs: new Map(allJobs.map((job) => [job.id, job])),
  kinds: kindOf,
  openAccount,
  limits: defaultLimits,
  random: Math.random,
};

const acting: Acting = { kinds: kindOf, openAccount, openWriter, random: Math.random };

/** One consumer for all queues: the queue's name says who works its messages off. */
export async function queueHandler(batch: MessageBatch<Message>, env: Env): Promise<void> {
  const ctx = jobCtx(env, batch.queue);
  switch (batch.queue) {
    case "atrium-mail":
      await eachByItself(
        batch,
        (body) => workMail(ctx, MailMessage.parse(body), (messages) => sendPages(env.MAIL, messages)),
        (error) => ctx.log.error("mail failed", { error }),
      );
      return;
    case "atrium-tokens":
      await eachByItself(
        batch,
        (body) => workToken(ctx, TokenMessage.parse(body)),
        (error) => ctx.log.error("a connection was not worked on", { error }),
      );
      return;
    case "atrium-tasks":
    case "atrium-exports":
      await eachByItself(
        batch,
        (body) => workTask(ctx, TaskMessage.parse(body)),
        (error) => ctx.log.error("a task failed", { error }),
      );
      return;
    case "atrium-actions": {
      const places = createPlaces(batch.messages.length, actionShare);
      await eachByItself(
        batch,
        (body) => workAct(ctx, ActionMessage.parse(body), places),
        (error) => ctx.log.error("an action was not worked on", { error }),
      );
      return;
    }
    case "atrium-runs":
      return workBatch(ctx, engine, batch.messages);
    case "atrium-dead":
      return workDead(ctx, batch.messages);
    default:
      throw new Error(`nobody works off the queue ${batch.queue}`);
  }
}

function workTask(ctx: Ctx, message: TaskMessage): Promise<void> {
  switch (message.type) {
    case "webhook":
      return workDelivery(ctx, asking, message);
    case "subscribe":
      return subscribeEvents(ctx, message);
    case "export":
      return makeExport(ctx, { tenant: message.tenant, exportId: message.export });
    case "rehearsal":
      return workRehearsal(ctx, message);
    case "deletion":
      return eraseTenant(ctx, { deletionId: message.deletion });
    default:
      return message satisfies never;
  }
}

function workAct(ctx: Ctx, message: ActionMessage, places: Places): Promise<void> {
  switch (message.type) {
    case "turn":
      return workActions(ctx, acting, { ...message, places });
    case "action.decide":
      return decideByPolicy(ctx, message);
    case "action.ask":
      return askInChannel(ctx, asking, message);
    case "action.show":
      return showAsked(ctx, asking, message);
    case "action.digest":
      return tellWaiting(ctx, message);
    default:
      return message satisfies never;
  }
}

/** Acks what went well and retries what did not, so that one message never holds the others up. */
async function eachByItself(
  batch: MessageBatch<Message>,
  work: (body: unknown) => Promise<void>,
  failed: (error: unknown) => void,
): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await work(message.body);
        message.ack();
      } catch (error) {
        failed(error);
        message.retry({ delaySeconds: Math.min(600, 5 * 2 ** message.attempts) });
      }
    }),
  );
}
