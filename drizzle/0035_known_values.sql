ALTER TABLE `measurements` RENAME COLUMN "sensor" TO "job";--> statement-breakpoint
CREATE TABLE `__new_audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`tenant_id` text NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`action` text NOT NULL,
	`details` text NOT NULL,
	`ip` text,
	`request_id` text,
	`seq` integer,
	`hash` text,
	CONSTRAINT "actor_type_known" CHECK("actor_type" = 'user' or "actor_type" = 'staff' or "actor_type" = 'system' or "actor_type" = 'anonymous')
);
--> statement-breakpoint
INSERT INTO `__new_audit_log`("id", "at", "tenant_id", "actor_type", "actor_id", "action", "details", "ip", "request_id", "seq", "hash") SELECT "id", "at", "tenant_id", "actor_type", "actor_id", "action", "details", "ip", "request_id", "seq", "hash" FROM `audit_log`;--> statement-breakpoint
DROP TABLE `audit_log`;--> statement-breakpoint
ALTER TABLE `__new_audit_log` RENAME TO `audit_log`;--> statement-breakpoint
CREATE INDEX `audit_log_tenant` ON `audit_log` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_chain` ON `audit_log` (`tenant_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_request` ON `audit_log` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_waiting` ON `audit_log` (`tenant_id`,`id`) WHERE seq is null and hash is not null;--> statement-breakpoint
CREATE TABLE `__new_connections` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`kind` text DEFAULT 'oauth' NOT NULL,
	`external_id` text NOT NULL,
	`name` text NOT NULL,
	`details` text NOT NULL,
	`changed` text,
	`fields` text DEFAULT '{}' NOT NULL,
	`chosen` text DEFAULT '[]' NOT NULL,
	`preferred_at` integer,
	`scopes_asked` text NOT NULL,
	`scopes_granted` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`status_at` integer,
	`access_expires_at` integer,
	`refresh_expires_at` integer,
	`connected_by` text NOT NULL,
	`connected_at` integer NOT NULL,
	`last_success_at` integer,
	`last_refresh_at` integer,
	`renew_at` integer,
	`renew_failures` integer DEFAULT 0 NOT NULL,
	`cool_until` integer,
	`cliff_at` integer,
	`cliff_kind` text,
	`cliff_warned` integer,
	`ends_at` integer,
	`end_told` text,
	`end_look_at` integer,
	`kept_at` integer,
	`planned` text DEFAULT '' NOT NULL,
	`probed_at` integer,
	`probe_result` text,
	`probe_at` integer,
	`subscribe_at` integer,
	`failed_at` integer,
	`failure_kind` text,
	`failing_since` integer,
	`version` integer DEFAULT 1 NOT NULL,
	`lease_owner` text,
	`lease_until` integer,
	`refresh_fingerprint` text,
	`refresh_started_at` integer,
	CONSTRAINT "kind_known" CHECK("kind" = 'oauth' or "kind" = 'key'),
	CONSTRAINT "status_known" CHECK("status" = 'active' or "status" = 'reconnect_needed' or "status" = 'disconnected'),
	CONSTRAINT "cliff_kind_known" CHECK("cliff_kind" = 'consent' or "cliff_kind" = 'unused' or "cliff_kind" = 'access' or "cliff_kind" = 'version'),
	CONSTRAINT "end_told_known" CHECK("end_told" = 'announced' or "end_told" = 'reminded'),
	CONSTRAINT "probe_result_known" CHECK("probe_result" = 'ok' or "probe_result" = 'revoked' or "probe_result" = 'missing_scopes' or "probe_result" = 'rate_limited' or "probe_result" = 'unavailable' or "probe_result" = 'rejected' or "probe_result" = 'misconfigured'),
	CONSTRAINT "failure_kind_known" CHECK("failure_kind" = 'revoked' or "failure_kind" = 'missing_scopes' or "failure_kind" = 'rate_limited' or "failure_kind" = 'unavailable' or "failure_kind" = 'rejected' or "failure_kind" = 'misconfigured')
);
--> statement-breakpoint
INSERT INTO `__new_connections`("id", "tenant_id", "provider", "kind", "external_id", "name", "details", "changed", "fields", "chosen", "preferred_at", "scopes_asked", "scopes_granted", "status", "status_reason", "status_at", "access_expires_at", "refresh_expires_at", "connected_by", "connected_at", "last_success_at", "last_refresh_at", "renew_at", "renew_failures", "cool_until", "cliff_at", "cliff_kind", "cliff_warned", "ends_at", "end_told", "end_look_at", "kept_at", "planned", "probed_at", "probe_result", "probe_at", "subscribe_at", "failed_at", "failure_kind", "failing_since", "version", "lease_owner", "lease_until", "refresh_fingerprint", "refresh_started_at") SELECT "id", "tenant_id", "provider", "kind", "external_id", "name", "details", "changed", "fields", "chosen", "preferred_at", "scopes_asked", "scopes_granted", "status", "status_reason", "status_at", "access_expires_at", "refresh_expires_at", "connected_by", "connected_at", "last_success_at", "last_refresh_at", "renew_at", "renew_failures", "cool_until", "cliff_at", "cliff_kind", "cliff_warned", "ends_at", "end_told", "end_look_at", "kept_at", "planned", "probed_at", "probe_result", "probe_at", "subscribe_at", "failed_at", "failure_kind", "failing_since", "version", "lease_owner", "lease_until", "refresh_fingerprint", "refresh_started_at" FROM `connections`;--> statement-breakpoint
DROP TABLE `connections`;--> statement-breakpoint
ALTER TABLE `__new_connections` RENAME TO `connections`;--> statement-breakpoint
CREATE UNIQUE INDEX `connections_account` ON `connections` (`tenant_id`,`provider`,`external_id`,`kind`);--> statement-breakpoint
CREATE INDEX `connections_renew` ON `connections` (`renew_at`) WHERE status = 'active' and renew_at is not null;--> statement-breakpoint
CREATE INDEX `connections_probe` ON `connections` (`probe_at`) WHERE status = 'active' and probe_at is not null;--> statement-breakpoint
CREATE INDEX `connections_cliff` ON `connections` (`cliff_at`) WHERE status = 'active' and cliff_at is not null;--> statement-breakpoint
CREATE INDEX `connections_warn` ON `connections` (`cliff_warned`,`cliff_at`) WHERE status = 'active' and cliff_at is not null;--> statement-breakpoint
CREATE INDEX `connections_planned` ON `connections` (`planned`) WHERE status = 'active';--> statement-breakpoint
CREATE INDEX `connections_used` ON `connections` (`provider`,`tenant_id`) WHERE status = 'active';--> statement-breakpoint
CREATE INDEX `connections_failing` ON `connections` (`renew_failures`) WHERE status = 'active' and renew_failures > 0;--> statement-breakpoint
CREATE INDEX `connections_failed` ON `connections` (`failed_at`) WHERE failed_at is not null;--> statement-breakpoint
CREATE INDEX `connections_external` ON `connections` (`provider`,`external_id`);--> statement-breakpoint
CREATE INDEX `connections_shop` ON `connections` (`provider`,details ->> '$.shop');--> statement-breakpoint
CREATE INDEX `connections_end` ON `connections` (`end_look_at`) WHERE end_look_at is not null;--> statement-breakpoint
CREATE INDEX `connections_subscribe` ON `connections` (`subscribe_at`) WHERE status = 'active' and subscribe_at is not null;--> statement-breakpoint
CREATE TABLE `__new_debts` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`connection_id` text NOT NULL,
	`reason` text NOT NULL,
	`external_id` text,
	`name` text NOT NULL,
	`shop` text,
	`access_sealed` text,
	`refresh_sealed` text,
	`access_expires_at` integer,
	`owed_at` integer NOT NULL,
	`renew_begun_at` integer,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`farewell` text,
	`ended_at` integer,
	CONSTRAINT "reason_known" CHECK("reason" = 'disconnected' or "reason" = 'not_kept' or "reason" = 'late'),
	CONSTRAINT "farewell_known" CHECK("farewell" = 'returned' or "farewell" = 'gone' or "farewell" = 'unreached' or "farewell" = 'by_hand' or "farewell" = 'key' or "farewell" = 'removed')
);
--> statement-breakpoint
INSERT INTO `__new_debts`("id", "tenant_id", "provider", "connection_id", "reason", "external_id", "name", "shop", "access_sealed", "refresh_sealed", "access_expires_at", "owed_at", "renew_begun_at", "tries", "next_at", "farewell", "ended_at") SELECT "id", "tenant_id", "provider", "connection_id", "reason", "external_id", "name", "shop", "access_sealed", "refresh_sealed", "access_expires_at", "owed_at", "renew_begun_at", "tries", "next_at", "farewell", "ended_at" FROM `debts`;--> statement-breakpoint
DROP TABLE `debts`;--> statement-breakpoint
ALTER TABLE `__new_debts` RENAME TO `debts`;--> statement-breakpoint
CREATE INDEX `debts_tenant` ON `debts` (`tenant_id`,`provider`,`external_id`);--> statement-breakpoint
CREATE INDEX `debts_due` ON `debts` (`next_at`) WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX `debts_ended` ON `debts` (`ended_at`) WHERE ended_at is not null;--> statement-breakpoint
CREATE TABLE `__new_renewals` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`provider` text NOT NULL,
	`at` integer NOT NULL,
	`took_ms` integer NOT NULL,
	`trigger` text NOT NULL,
	`outcome` text NOT NULL,
	`message` text,
	CONSTRAINT "trigger_known" CHECK("trigger" = 'cron' or "trigger" = 'use' or "trigger" = 'person'),
	CONSTRAINT "outcome_known" CHECK("outcome" = 'renewed' or "outcome" = 'late' or "outcome" = 'lives_on' or "outcome" = 'revoked' or "outcome" = 'missing_scopes' or "outcome" = 'rate_limited' or "outcome" = 'unavailable' or "outcome" = 'rejected' or "outcome" = 'misconfigured')
);
--> statement-breakpoint
INSERT INTO `__new_renewals`("id", "tenant_id", "connection_id", "provider", "at", "took_ms", "trigger", "outcome", "message") SELECT "id", "tenant_id", "connection_id", "provider", "at", "took_ms", "trigger", "outcome", "message" FROM `renewals`;--> statement-breakpoint
DROP TABLE `renewals`;--> statement-breakpoint
ALTER TABLE `__new_renewals` RENAME TO `renewals`;--> statement-breakpoint
CREATE INDEX `renewals_connection` ON `renewals` (`tenant_id`,`connection_id`,`id`);--> statement-breakpoint
CREATE INDEX `renewals_provider` ON `renewals` (`provider`,`at`,`outcome`);--> statement-breakpoint
CREATE INDEX `renewals_at` ON `renewals` (`at`);--> statement-breakpoint
CREATE TABLE `__new_data_exports` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`status` text NOT NULL,
	`sent_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`lease_until` integer,
	`progress` text,
	`done_at` integer,
	`expires_at` integer NOT NULL,
	`bytes` integer,
	`contents` text,
	CONSTRAINT "status_known" CHECK("status" = 'waiting' or "status" = 'ready' or "status" = 'failed')
);
--> statement-breakpoint
INSERT INTO `__new_data_exports`("id", "tenant_id", "requested_by", "requested_at", "status", "sent_at", "attempts", "lease_until", "progress", "done_at", "expires_at", "bytes", "contents") SELECT "id", "tenant_id", "requested_by", "requested_at", "status", "sent_at", "attempts", "lease_until", "progress", "done_at", "expires_at", "bytes", "contents" FROM `data_exports`;--> statement-breakpoint
DROP TABLE `data_exports`;--> statement-breakpoint
ALTER TABLE `__new_data_exports` RENAME TO `data_exports`;--> statement-breakpoint
CREATE INDEX `data_exports_tenant` ON `data_exports` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `data_exports_open` ON `data_exports` (`sent_at`) WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX `data_exports_expiry` ON `data_exports` (`expires_at`);--> statement-breakpoint
CREATE TABLE `__new_incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`kind` text NOT NULL,
	`opened_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`closed_at` integer,
	`tenants_failing` integer NOT NULL,
	`tenants_using` integer NOT NULL,
	CONSTRAINT "kind_known" CHECK("kind" = 'unavailable' or "kind" = 'rate_limited' or "kind" = 'misconfigured' or "kind" = 'switched_off')
);
--> statement-breakpoint
INSERT INTO `__new_incidents`("id", "provider", "kind", "opened_at", "last_seen_at", "closed_at", "tenants_failing", "tenants_using") SELECT "id", "provider", "kind", "opened_at", "last_seen_at", "closed_at", "tenants_failing", "tenants_using" FROM `incidents`;--> statement-breakpoint
DROP TABLE `incidents`;--> statement-breakpoint
ALTER TABLE `__new_incidents` RENAME TO `incidents`;--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`provider`) WHERE closed_at is null;--> statement-breakpoint
CREATE TABLE `__new_invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`revoked_at` integer,
	CONSTRAINT "role_known" CHECK("role" = 'owner' or "role" = 'admin' or "role" = 'developer' or "role" = 'billing' or "role" = 'member' or "role" = 'viewer')
);
--> statement-breakpoint
INSERT INTO `__new_invitations`("id", "tenant_id", "email", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at") SELECT "id", "tenant_id", "email", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at" FROM `invitations`;--> statement-breakpoint
DROP TABLE `invitations`;--> statement-breakpoint
ALTER TABLE `__new_invitations` RENAME TO `invitations`;--> statement-breakpoint
CREATE INDEX `invitations_tenant` ON `invitations` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `invitations_email` ON `invitations` (`email`);--> statement-breakpoint
CREATE TABLE `__new_memberships` (
	`user_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `tenant_id`),
	CONSTRAINT "role_known" CHECK("role" = 'owner' or "role" = 'admin' or "role" = 'developer' or "role" = 'billing' or "role" = 'member' or "role" = 'viewer')
);
--> statement-breakpoint
INSERT INTO `__new_memberships`("user_id", "tenant_id", "role", "created_at") SELECT "user_id", "tenant_id", "role", "created_at" FROM `memberships`;--> statement-breakpoint
DROP TABLE `memberships`;--> statement-breakpoint
ALTER TABLE `__new_memberships` RENAME TO `memberships`;--> statement-breakpoint
CREATE INDEX `memberships_tenant` ON `memberships` (`tenant_id`);--> statement-breakpoint
CREATE TABLE `__new_undelivered_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`of_tenant` text,
	`recipient` text NOT NULL,
	`fate` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	CONSTRAINT "fate_known" CHECK("fate" = 'refused' or "fate" = 'later' or "fate" = 'unsure')
);
--> statement-breakpoint
INSERT INTO `__new_undelivered_mails`("id", "kind", "of_tenant", "recipient", "fate", "reason", "at") SELECT "id", "kind", "of_tenant", "recipient", "fate", "reason", "at" FROM `undelivered_mails`;--> statement-breakpoint
DROP TABLE `undelivered_mails`;--> statement-breakpoint
ALTER TABLE `__new_undelivered_mails` RENAME TO `undelivered_mails`;--> statement-breakpoint
CREATE INDEX `undelivered_mails_at` ON `undelivered_mails` (`at`);--> statement-breakpoint
CREATE TABLE `__new_run_logs` (
	`tenant_id` text NOT NULL,
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`level` text NOT NULL,
	`message` text NOT NULL,
	`fields` text,
	`params` text,
	PRIMARY KEY(`tenant_id`, `run_id`, `seq`),
	CONSTRAINT "level_known" CHECK("level" = 'debug' or "level" = 'info' or "level" = 'warn' or "level" = 'error')
);
--> statement-breakpoint
INSERT INTO `__new_run_logs`("tenant_id", "run_id", "seq", "at", "level", "message", "fields", "params") SELECT "tenant_id", "run_id", "seq", "at", "level", "message", "fields", "params" FROM `run_logs`;--> statement-breakpoint
DROP TABLE `run_logs`;--> statement-breakpoint
ALTER TABLE `__new_run_logs` RENAME TO `run_logs`;--> statement-breakpoint
CREATE TABLE `__new_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`job` text NOT NULL,
	`slot` integer NOT NULL,
	`trigger` text NOT NULL,
	`status` text NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`step` integer DEFAULT 0 NOT NULL,
	`available_at` integer NOT NULL,
	`sent_at` integer,
	`lease` text,
	`error_kind` text,
	`error_message` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`requested_by` text,
	`params` text,
	`defect` text,
	`request_id` text,
	`error_params` text,
	CONSTRAINT "trigger_known" CHECK("trigger" = 'schedule' or "trigger" = 'manual' or "trigger" = 'replay'),
	CONSTRAINT "status_known" CHECK("status" = 'queued' or "status" = 'running' or "status" = 'succeeded' or "status" = 'failed' or "status" = 'dead')
);
--> statement-breakpoint
INSERT INTO `__new_runs`("id", "tenant_id", "job", "slot", "trigger", "status", "attempt", "step", "available_at", "sent_at", "lease", "error_kind", "error_message", "created_at", "started_at", "finished_at", "requested_by", "params", "defect", "request_id", "error_params") SELECT "id", "tenant_id", "job", "slot", "trigger", "status", "attempt", "step", "available_at", "sent_at", "lease", "error_kind", "error_message", "created_at", "started_at", "finished_at", "requested_by", "params", "defect", "request_id", "error_params" FROM `runs`;--> statement-breakpoint
DROP TABLE `runs`;--> statement-breakpoint
ALTER TABLE `__new_runs` RENAME TO `runs`;--> statement-breakpoint
CREATE UNIQUE INDEX `runs_slot` ON `runs` (`tenant_id`,`job`,`slot`,`trigger`);--> statement-breakpoint
CREATE UNIQUE INDEX `runs_open` ON `runs` (`tenant_id`,`job`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_sweep` ON `runs` (`status`,`available_at`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_tenant` ON `runs` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `runs_unwell` ON `runs` (`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_unwell_tenant` ON `runs` (`tenant_id`,`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_ended` ON `runs` (`tenant_id`,`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_ended_job` ON `runs` (`job`,`status`,`id`) WHERE status in ('succeeded', 'failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_request` ON `runs` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
CREATE TABLE `__new_schedules` (
	`tenant_id` text NOT NULL,
	`job` text NOT NULL,
	`every_s` integer NOT NULL,
	`next_at` integer NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`blocked` text,
	`config` text NOT NULL,
	`cursor` text,
	`source` text,
	`timezone` text,
	`last_run_at` integer,
	`last_success_at` integer,
	`last_status` text,
	`last_error_kind` text,
	`last_error_message` text,
	`last_run_id` text,
	`last_finished_at` integer,
	`daily_at` text,
	`zone` text,
	`last_error_params` text,
	PRIMARY KEY(`tenant_id`, `job`),
	CONSTRAINT "blocked_known" CHECK("blocked" = 'suspended' or "blocked" = 'not_connected' or "blocked" = 'reconnect_needed' or "blocked" = 'missing_scopes' or "blocked" = 'choice_needed' or "blocked" = 'choice_gone' or "blocked" = 'not_in_plan' or "blocked" = 'retired'),
	CONSTRAINT "last_status_known" CHECK("last_status" = 'queued' or "last_status" = 'running' or "last_status" = 'succeeded' or "last_status" = 'failed' or "last_status" = 'dead')
);
--> statement-breakpoint
INSERT INTO `__new_schedules`("tenant_id", "job", "every_s", "next_at", "enabled", "blocked", "config", "cursor", "source", "timezone", "last_run_at", "last_success_at", "last_status", "last_error_kind", "last_error_message", "last_run_id", "last_finished_at", "daily_at", "zone", "last_error_params") SELECT "tenant_id", "job", "every_s", "next_at", "enabled", "blocked", "config", "cursor", "source", "timezone", "last_run_at", "last_success_at", "last_status", "last_error_kind", "last_error_message", "last_run_id", "last_finished_at", "daily_at", "zone", "last_error_params" FROM `schedules`;--> statement-breakpoint
DROP TABLE `schedules`;--> statement-breakpoint
ALTER TABLE `__new_schedules` RENAME TO `schedules`;--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`next_at`) WHERE enabled = 1 and blocked is null;--> statement-breakpoint
CREATE TABLE `__new_tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`vertical` text NOT NULL,
	`plan` text NOT NULL,
	`status` text NOT NULL,
	`locale` text NOT NULL,
	`currency` text NOT NULL,
	`timezone` text NOT NULL,
	`currency_chosen` integer DEFAULT false NOT NULL,
	`timezone_chosen` integer DEFAULT false NOT NULL,
	`contact_name` text,
	`contact_email` text,
	`origin` text,
	`source` text DEFAULT 'manual' NOT NULL,
	`tags` text DEFAULT '[]' NOT NULL,
	`features` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer DEFAULT 0 NOT NULL,
	`last_activity_at` integer,
	`ends_at` integer,
	`catalog` text DEFAULT '' NOT NULL,
	`borrows` integer DEFAULT false NOT NULL,
	`place` text DEFAULT 'DB' NOT NULL,
	CONSTRAINT "vertical_known" CHECK("vertical" = 'shopify' or "vertical" = 'b2b' or "vertical" = 'agency' or "vertical" = 'custom'),
	CONSTRAINT "plan_known" CHECK("plan" = 'quickwin' or "plan" = 'essentials' or "plan" = 'growth'),
	CONSTRAINT "status_known" CHECK("status" = 'onboarding' or "status" = 'active' or "status" = 'suspended')
);
--> statement-breakpoint
INSERT INTO `__new_tenants`("id", "name", "vertical", "plan", "status", "locale", "currency", "timezone", "currency_chosen", "timezone_chosen", "contact_name", "contact_email", "origin", "source", "tags", "features", "created_at", "updated_at", "last_activity_at", "ends_at", "catalog", "borrows", "place") SELECT "id", "name", "vertical", "plan", "status", "locale", "currency", "timezone", "currency_chosen", "timezone_chosen", "contact_name", "contact_email", "origin", "source", "tags", "features", "created_at", "updated_at", "last_activity_at", "ends_at", "catalog", "borrows", "place" FROM `tenants`;--> statement-breakpoint
DROP TABLE `tenants`;--> statement-breakpoint
ALTER TABLE `__new_tenants` RENAME TO `tenants`;--> statement-breakpoint
CREATE INDEX `tenants_created` ON `tenants` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tenants_status` ON `tenants` (`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tenants_catalog` ON `tenants` (`catalog`);--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_origin` ON `tenants` (`origin`);--> statement-breakpoint
CREATE TRIGGER `tenants_named` AFTER INSERT ON `tenants` BEGIN
  INSERT INTO `client_names` (`tenant_id`) VALUES (new.`id`);
END;--> statement-breakpoint
CREATE TRIGGER `tenants_renamed` AFTER UPDATE OF `name` ON `tenants` WHEN old.`name` IS NOT new.`name` BEGIN
  UPDATE `client_names` SET `known` = 0 WHERE `tenant_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `tenants_gone` AFTER DELETE ON `tenants` BEGIN
  DELETE FROM `client_names` WHERE `tenant_id` = old.`id`;
END;--> statement-breakpoint
CREATE TABLE `__new_privacy_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`connection_id` text DEFAULT '' NOT NULL,
	`delivery_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`orders` text DEFAULT '[]' NOT NULL,
	`code` text,
	`received_at` integer NOT NULL,
	`done_at` integer,
	`report` text,
	CONSTRAINT "kind_known" CHECK("kind" = 'data_request' or "kind" = 'redact_customer' or "kind" = 'redact_shop' or "kind" = 'delete_person')
);
--> statement-breakpoint
INSERT INTO `__new_privacy_requests`("id", "tenant_id", "provider", "connection_id", "delivery_id", "kind", "subject", "orders", "code", "received_at", "done_at", "report") SELECT "id", "tenant_id", "provider", "connection_id", "delivery_id", "kind", "subject", "orders", "code", "received_at", "done_at", "report" FROM `privacy_requests`;--> statement-breakpoint
DROP TABLE `privacy_requests`;--> statement-breakpoint
ALTER TABLE `__new_privacy_requests` RENAME TO `privacy_requests`;--> statement-breakpoint
CREATE INDEX `privacy_requests_tenant` ON `privacy_requests` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `privacy_requests_code` ON `privacy_requests` (`code`);--> statement-breakpoint
CREATE UNIQUE INDEX `privacy_requests_delivery` ON `privacy_requests` (`delivery_id`);--> statement-breakpoint
CREATE INDEX `privacy_requests_subject` ON `privacy_requests` (`tenant_id`,`connection_id`,`kind`,`subject`);--> statement-breakpoint
CREATE TABLE `__new_webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`connection_id` text DEFAULT '' NOT NULL,
	`event_key` text NOT NULL,
	`topic` text NOT NULL,
	`account` text,
	`received_at` integer NOT NULL,
	`occurred_at` integer,
	`status` text NOT NULL,
	`reason` text,
	`sealed` text,
	`sealed_form` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`sent_at` integer,
	`worked_at` integer,
	`request_id` text,
	CONSTRAINT "status_known" CHECK("status" = 'received' or "status" = 'done' or "status" = 'ignored' or "status" = 'failed' or "status" = 'refused')
);
--> statement-breakpoint
INSERT INTO `__new_webhook_deliveries`("id", "tenant_id", "provider", "connection_id", "event_key", "topic", "account", "received_at", "occurred_at", "status", "reason", "sealed", "sealed_form", "attempts", "sent_at", "worked_at", "request_id") SELECT "id", "tenant_id", "provider", "connection_id", "event_key", "topic", "account", "received_at", "occurred_at", "status", "reason", "sealed", "sealed_form", "attempts", "sent_at", "worked_at", "request_id" FROM `webhook_deliveries`;--> statement-breakpoint
DROP TABLE `webhook_deliveries`;--> statement-breakpoint
ALTER TABLE `__new_webhook_deliveries` RENAME TO `webhook_deliveries`;--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_once` ON `webhook_deliveries` (`provider`,`event_key`,`tenant_id`,`connection_id`) WHERE status <> 'refused';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_open` ON `webhook_deliveries` (`status`,`sent_at`) WHERE status = 'received';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_provider` ON `webhook_deliveries` (`provider`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_status` ON `webhook_deliveries` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_kept` ON `webhook_deliveries` (`id`) WHERE sealed is not null;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_form` ON `webhook_deliveries` (`sealed_form`) WHERE sealed is not null;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_request` ON `webhook_deliveries` (`request_id`) WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_tenant` ON `webhook_deliveries` (`tenant_id`,`id`);