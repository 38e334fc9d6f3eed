CREATE TABLE `audit_heads` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `renewals` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`provider` text NOT NULL,
	`at` integer NOT NULL,
	`took_ms` integer NOT NULL,
	`trigger` text NOT NULL,
	`outcome` text NOT NULL,
	`message` text
);
--> statement-breakpoint
CREATE INDEX `renewals_connection` ON `renewals` (`tenant_id`,`connection_id`,`id`);--> statement-breakpoint
CREATE INDEX `renewals_provider` ON `renewals` (`provider`,`at`,`outcome`);--> statement-breakpoint
CREATE INDEX `renewals_at` ON `renewals` (`at`);--> statement-breakpoint
CREATE TABLE `resources` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`kind` text NOT NULL,
	`external_id` text NOT NULL,
	`name` text NOT NULL,
	`parent` text,
	`currency` text,
	`timezone` text,
	`listed_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `kind`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `resources_name` ON `resources` (`tenant_id`,`connection_id`,`kind`,lower(name));--> statement-breakpoint
CREATE TABLE `data_exports` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`status` text NOT NULL,
	`sent_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`lease_until` integer,
	`done_at` integer,
	`expires_at` integer NOT NULL,
	`bytes` integer,
	`contents` text
);
--> statement-breakpoint
CREATE INDEX `data_exports_tenant` ON `data_exports` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `data_exports_open` ON `data_exports` (`sent_at`) WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX `data_exports_expiry` ON `data_exports` (`expires_at`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`of_tenant` text NOT NULL,
	`tenant_name` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`reason` text NOT NULL,
	`due_at` integer NOT NULL,
	`cancelled_at` integer,
	`cancelled_by` text,
	`started_at` integer,
	`sent_at` integer,
	`key_destroyed_at` integer,
	`done_at` integer,
	`receipt` text
);
--> statement-breakpoint
CREATE INDEX `deletions_tenant` ON `deletions` (`of_tenant`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `deletions_open` ON `deletions` (`of_tenant`) WHERE cancelled_at is null;--> statement-breakpoint
CREATE INDEX `deletions_due` ON `deletions` (`due_at`) WHERE cancelled_at is null and done_at is null;--> statement-breakpoint
CREATE TABLE `export_chunks` (
	`tenant_id` text NOT NULL,
	`export_id` text NOT NULL,
	`seq` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`tenant_id`, `export_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `reveals` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`field` text NOT NULL,
	`reason` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`approved_by` text,
	`approved_at` integer,
	`expires_at` integer NOT NULL,
	`shown_at` integer,
	`denied_at` integer,
	`denied_by` text
);
--> statement-breakpoint
CREATE INDEX `reveals_tenant` ON `reveals` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `reveals_expiry` ON `reveals` (`expires_at`);--> statement-breakpoint
CREATE TABLE `incidents` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`kind` text NOT NULL,
	`opened_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`closed_at` integer,
	`tenants_failing` integer NOT NULL,
	`tenants_using` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `incidents_open` ON `incidents` (`provider`) WHERE closed_at is null;--> statement-breakpoint
CREATE TABLE `privacy_requests` (
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
	`report` text
);
--> statement-breakpoint
CREATE INDEX `privacy_requests_tenant` ON `privacy_requests` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `privacy_requests_code` ON `privacy_requests` (`code`);--> statement-breakpoint
CREATE UNIQUE INDEX `privacy_requests_delivery` ON `privacy_requests` (`delivery_id`);--> statement-breakpoint
CREATE INDEX `privacy_requests_subject` ON `privacy_requests` (`tenant_id`,`connection_id`,`kind`,`subject`);--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
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
	`attempts` integer DEFAULT 0 NOT NULL,
	`sent_at` integer,
	`worked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_once` ON `webhook_deliveries` (`provider`,`event_key`,`tenant_id`,`connection_id`) WHERE status <> 'refused';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_open` ON `webhook_deliveries` (`status`,`sent_at`) WHERE status = 'received';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_provider` ON `webhook_deliveries` (`provider`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_status` ON `webhook_deliveries` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_kept` ON `webhook_deliveries` (`id`) WHERE sealed is not null;--> statement-breakpoint
CREATE INDEX `webhook_deliveries_tenant` ON `webhook_deliveries` (`tenant_id`,`id`);--> statement-breakpoint
DROP INDEX `connections_expiry`;--> statement-breakpoint
DROP INDEX `connections_account`;--> statement-breakpoint
ALTER TABLE `connections` ADD `kind` text DEFAULT 'oauth' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `fields` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `chosen` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `preferred_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `status_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `renew_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `renew_failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `cool_until` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `cliff_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `cliff_kind` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `cliff_warned` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `planned` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `probe_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `subscribe_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `failed_at` integer;--> statement-breakpoint
ALTER TABLE `connections` ADD `failure_kind` text;--> statement-breakpoint
ALTER TABLE `connections` ADD `failing_since` integer;--> statement-breakpoint
CREATE INDEX `connections_renew` ON `connections` (`renew_at`) WHERE status = 'active' and renew_at is not null;--> statement-breakpoint
CREATE INDEX `connections_probe` ON `connections` (`probe_at`) WHERE status = 'active' and probe_at is not null;--> statement-breakpoint
CREATE INDEX `connections_cliff` ON `connections` (`cliff_at`) WHERE status = 'active' and cliff_at is not null;--> statement-breakpoint
CREATE INDEX `connections_warn` ON `connections` (`cliff_warned`,`cliff_at`) WHERE status = 'active' and cliff_at is not null;--> statement-breakpoint
CREATE INDEX `connections_planned` ON `connections` (`planned`) WHERE status = 'active';--> statement-breakpoint
CREATE INDEX `connections_failing` ON `connections` (`renew_failures`) WHERE status = 'active' and renew_failures > 0;--> statement-breakpoint
CREATE INDEX `connections_failed` ON `connections` (`failed_at`) WHERE failed_at is not null;--> statement-breakpoint
CREATE INDEX `connections_shop` ON `connections` (`provider`,details ->> '$.shop');--> statement-breakpoint
CREATE INDEX `connections_subscribe` ON `connections` (`subscribe_at`) WHERE status = 'active' and subscribe_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `connections_account` ON `connections` (`tenant_id`,`provider`,`external_id`,`kind`);--> statement-breakpoint
ALTER TABLE `audit_log` ADD `seq` integer;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `hash` text;--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_chain` ON `audit_log` (`tenant_id`,`seq`);--> statement-breakpoint
ALTER TABLE `schedules` ADD `source` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `contact_name` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `contact_email` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `origin` text;--> statement-breakpoint
ALTER TABLE `tenants` ADD `ends_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_origin` ON `tenants` (`origin`);--> statement-breakpoint
ALTER TABLE `oauth_states` DROP COLUMN `verifier`;