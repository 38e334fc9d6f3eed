/** What our mails say. Functions are sentences with a name in them. */
export const en = {
  greeting: (name: string) => (name ? `Hello ${name},` : "Hello,"),
  signIn: {
    subject: "Your link to sign in to Atrium",
    body: "Press the button to sign in. It opens a page that asks you once more.",
    button: "Sign in",
    code: "Or type this code in the browser where you asked for it:",
    lifetime: (duration: string) => `Both expire in ${duration} and work once.`,
    linkLifetime: (duration: string) => `The link expires in ${duration} and works once.`,
    unasked: "If you did not ask for this, do nothing: nobody can sign in without this mail.",
  },
  alarm: {
    subject: "Unusually many wrong sign-in codes",
    body: (count: number) => `${count} wrong sign-in codes were typed within an hour, over all addresses together.`,
    meaning:
      "Somebody may be guessing codes at many addresses. Links keep working, and your own sign-ins need one. Check the audit log for unusual sign-ins.",
    button: "Open the audit log",
  },
  invitation: {
    subject: (tenant: string) => `You are invited to ${tenant} on Atrium`,
    body: (inviter: string, tenant: string, role: string) => `${inviter} invites you to join ${tenant} on Atrium as ${role}.`,
    purpose: "Atrium shows how the shop does: sales, customers, mail and visits, measured every hour.",
    button: "See the invitation",
    lifetime: "The invitation holds for 7 days and is for this address only.",
    unasked: "If you do not know who sent it, do nothing.",
    somebody: "The agency",
  },
  reconnect: {
    subject: (provider: string, tenant: string) => `${provider} needs to be connected again for ${tenant}`,
    body: (provider: string, account: string) => `${provider} no longer lets us read the account ${account}.`,
    unreadable: (provider: string, account: string) =>
      `We can no longer read the access that we stored for the account ${account} at ${provider}. Nothing is wrong with your account.`,
    waits: (jobs: string) => `Until it is connected again, these wait: ${jobs}.`,
    nothingLost: "What was measured before is kept, and what was missed is read again afterwards where the provider allows it.",
    button: "Connect again",
    why: "You get this mail because your role lets you connect accounts.",
  },
  cliff: {
    subject: (provider: string, tenant: string, on: string) => `${provider} for ${tenant}: the access ends on ${on}`,
    body: (provider: string, account: string, on: string) =>
      `Everything works today, but our access to ${account} at ${provider} ends on ${on}.`,
    because: {
      consent: "The provider ends every consent after a fixed time, however often it is used. Only a new one goes on.",
      unused: "Renewing it has failed for some time, and the provider ends what is not renewed.",
      access: "The provider gave nothing to renew this access with. Only a new one goes on.",
    },
    mend: {
      oauth: "Signing in there once more, before that day, is all it takes. Nothing is lost, and nothing has to be set up again.",
      key: "A new key, entered before that day, is all it takes. Nothing is lost, and nothing has to be set up again.",
    },
    button: { oauth: "Sign in there again", key: "Enter a new key" },
    why: "You get this mail because your role lets you connect accounts. It comes 30, 14 and 3 days ahead.",
  },
  keyEnd: {
    subject: {
      announced: (provider: string, tenant: string, on: string) => `${provider} for ${tenant}: the old key will be removed on ${on}`,
      reminded: (provider: string, tenant: string, on: string) =>
        `${provider} for ${tenant}: one week until the old key is removed (${on})`,
      put_off: (provider: string, tenant: string) => `${provider} for ${tenant}: the old key stays for now`,
      called_off: (provider: string, tenant: string) => `${provider} for ${tenant}: the key stays`,
      ended: (provider: string, tenant: string) => `${provider} for ${tenant}: the old key was removed`,
    },
    coming: (provider: string, account: string, on: string) =>
      `${account} is now connected to ${provider} by sign-in, so the key is no longer needed. On ${on} we will delete it here.`,
    nothingStops: "Your syncs keep running through the sign-in. You don't have to do anything.",
    keep: "Still need the key? An owner or admin can keep it with one click.",
    putOff: (account: string) => `The key of ${account} was due to be removed today. We kept it, so that nothing stops.`,
    waits: "The sign-in isn't working right now. Reconnect it: the key will be removed 30 days after that, and we'll email you first.",
    needed: (on: string) => `Some syncs can't run through the sign-in yet. The new date is ${on}.`,
    calledOff: (account: string) => `The sign-in of ${account} was disconnected, so we no longer plan to remove its key.`,
    ended: (provider: string, account: string) =>
      `We deleted the key of ${account}. Your syncs run through the sign-in. The key stays valid at ${provider} until you delete it there.`,
    button: "See the connection",
    why: "You get this mail because your role lets you connect accounts.",
  },
  accountChanged: {
    subject: (provider: string, tenant: string) => `${provider} for ${tenant}: currency or time zone changed`,
    body: (provider: string, account: string) => `The account ${account} at ${provider} has new settings.`,
    currency: (from: string, to: string) => `Currency: ${to} (was ${from})`,
    timezone: (from: string, to: string) => `Time zone: ${to} (was ${from})`,
    meaning: "New figures use the new settings. Earlier figures keep the old ones, and amounts in two currencies are never added together.",
    unintended: (provider: string) => `Nothing to do if this was intended. If not, change it back at ${provider}.`,
    button: "View the connection",
  },
  incident: {
    subject: {
      unavailable: (provider: string) => `${provider} does not answer for many clients`,
      rate_limited: (provider: string) => `${provider} holds us back for many clients`,
      misconfigured: (provider: string) => `${provider} refuses our own access data`,
    },
    closedSubject: (provider: string) => `${provider} works again`,
    counted: (failing: number, using: number) => `${failing} of ${using} clients who use it are affected.`,
    waits: (jobs: string) => `These jobs wait until it is over, and then start one after the other: ${jobs}.`,
    nothingToDo: "There is nothing to do: we try a few accounts every minute and write once more when it is over.",
    ours: "This is ours to mend: please look at our client id and secret there, and at the app's state in its developer account.",
    closed: (minutes: number) => `It is over after ${minutes} minutes. What waited starts by itself within the next ten.`,
    button: "See the incident",
  },
  version: {
    subject: (provider: string) => `${provider} retired the API version we use`,
    body: (provider: string, version: string) =>
      `${provider} no longer answers the version of its API that we use (${version}). Syncs that read ${provider} fail. No client has to do anything.`,
    mend: "Deploy a release that uses a newer version. Syncs then run again on their schedule.",
    button: "See what ends when",
  },
  reveal: {
    subject: (tenant: string) => `An admin asks to see a secret of ${tenant}`,
    body: (asking: string, account: string, provider: string, tenant: string) =>
      `${asking} asks to see a secret of the account ${account} at ${provider}, which belongs to ${tenant}.`,
    reason: (reason: string) => `The reason given: ${reason}`,
    decide: "Another admin has to allow it within 24 hours. Until then nothing is shown.",
    button: "Allow or refuse",
  },
  ending: {
    subject: (tenant: string, on: string) => `${tenant} will be erased on ${on}`,
    body: (by: string, tenant: string, on: string) =>
      `${by} has set the end of ${tenant}. Its jobs have stopped, and on ${on} all that it has here is erased for good.`,
    back: "Until then one click brings everything back as it was.",
    button: "See it, or take it back",
    why: "You get this mail because your role lets you end this workspace.",
  },
  digest: {
    subject: (count: number, tenant: string | null) =>
      `${count === 1 ? "1 notification" : `${count} notifications`}${tenant === null ? "" : ` for ${tenant}`}`,
    body: "What happened since your last summary:",
    button: "View notifications",
    why: "You chose a daily summary for these. You can change it in your settings.",
  },
  becauseStaff: "You get this mail because you are an admin of the agency.",
  roles: {
    owner: "an owner",
    admin: "an admin",
    developer: "a developer",
    billing: "billing contact",
    member: "a member",
    viewer: "a viewer",
  },
};

export type Words = typeof en;
