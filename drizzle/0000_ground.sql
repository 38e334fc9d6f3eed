CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`tenant_id` text NOT NULL,
	`actor_type` text NOT NULL,
	`actor_id` text,
	`action` text NOT NULL,
	`details` text NOT NULL,
	`ip` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_tenant` ON `audit_log` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`id`);--> statement-breakpoint
CREATE TABLE `orders` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`customer_id` text,
	`placed_at` integer NOT NULL,
	`day` text NOT NULL,
	`gross_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `orders_day` ON `orders` (`tenant_id`,`day`,`currency`,`gross_minor`);--> statement-breakpoint
CREATE INDEX `orders_customer` ON `orders` (`tenant_id`,`customer_id`,`placed_at`,`day`);--> statement-breakpoint
CREATE TABLE `refunds` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`external_id` text NOT NULL,
	`order_external_id` text NOT NULL,
	`refunded_at` integer NOT NULL,
	`day` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `connection_id`, `external_id`)
);
--> statement-breakpoint
CREATE INDEX `refunds_day` ON `refunds` (`tenant_id`,`day`,`currency`,`amount_minor`);--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`provider` text NOT NULL,
	`external_id` text NOT NULL,
	`name` text NOT NULL,
	`details` text NOT NULL,
	`scopes_asked` text NOT NULL,
	`scopes_granted` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`access_expires_at` integer,
	`refresh_expires_at` integer,
	`connected_by` text NOT NULL,
	`connected_at` integer NOT NULL,
	`last_success_at` integer,
	`last_refresh_at` integer,
	`probed_at` integer,
	`probe_result` text,
	`version` integer DEFAULT 1 NOT NULL,
	`lease_owner` text,
	`lease_until` integer,
	`refresh_fingerprint` text,
	`refresh_started_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_account` ON `connections` (`tenant_id`,`provider`,`external_id`);--> statement-breakpoint
CREATE INDEX `connections_expiry` ON `connections` (`status`,`access_expires_at`);--> statement-breakpoint
CREATE INDEX `connections_external` ON `connections` (`provider`,`external_id`);--> statement-breakpoint
CREATE TABLE `data_keys` (
	`tenant_id` text NOT NULL,
	`version` integer NOT NULL,
	`root_key_id` text NOT NULL,
	`wrapped` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `version`)
);
--> statement-breakpoint
CREATE INDEX `data_keys_root` ON `data_keys` (`root_key_id`);--> statement-breakpoint
CREATE TABLE `oauth_states` (
	`state_hash` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`for_tenant` text NOT NULL,
	`user_id` text NOT NULL,
	`session_id` text NOT NULL,
	`browser_hash` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`verifier` text,
	`shop` text,
	`scopes` text NOT NULL,
	`connection_id` text,
	`return_to` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `oauth_states_expiry` ON `oauth_states` (`expires_at`);--> statement-breakpoint
CREATE TABLE `secrets` (
	`tenant_id` text NOT NULL,
	`connection_id` text NOT NULL,
	`field` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	PRIMARY KEY(`tenant_id`, `connection_id`, `field`)
);
--> statement-breakpoint
CREATE TABLE `dev_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`recipient` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `invitations_tenant` ON `invitations` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `invitations_email` ON `invitations` (`email`);--> statement-breakpoint
CREATE TABLE `magic_links` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`code_hash` text NOT NULL,
	`email` text NOT NULL,
	`locale` text NOT NULL,
	`return_to` text,
	`code_tries` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `magic_links_tokenHash_unique` ON `magic_links` (`token_hash`);--> statement-breakpoint
CREATE INDEX `magic_links_expiry` ON `magic_links` (`expires_at`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`user_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `tenant_id`)
);
--> statement-breakpoint
CREATE INDEX `memberships_tenant` ON `memberships` (`tenant_id`);--> statement-breakpoint
CREATE TABLE `rate_limits` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`reset_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rate_limits_reset` ON `rate_limits` (`reset_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`user_id` text NOT NULL,
	`ip` text NOT NULL,
	`user_agent` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_tokenHash_unique` ON `sessions` (`token_hash`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`locale` text DEFAULT 'en' NOT NULL,
	`timezone` text DEFAULT 'UTC' NOT NULL,
	`staff` integer DEFAULT false NOT NULL,
	`proven_at` integer,
	`onboarded_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`queue` text NOT NULL,
	`message` text NOT NULL,
	`of_tenant` text,
	`run_id` text,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	`replayed_at` integer,
	`replayed_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_open` ON `dead_letters` (`run_id`) WHERE replayed_at is null;--> statement-breakpoint
CREATE INDEX `dead_letters_open_tenant` ON `dead_letters` (`of_tenant`) WHERE replayed_at is null;--> statement-breakpoint
CREATE INDEX `dead_letters_at` ON `dead_letters` (`at`);--> statement-breakpoint
CREATE TABLE `measurements` (
	`tenant_id` text NOT NULL,
	`sensor` text NOT NULL,
	`metric` text NOT NULL,
	`day` text NOT NULL,
	`dimension` text DEFAULT '' NOT NULL,
	`value` numeric NOT NULL,
	`measured_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `sensor`, `metric`, `day`, `dimension`)
);
--> statement-breakpoint
CREATE INDEX `measurements_day` ON `measurements` (`tenant_id`,`day`);--> statement-breakpoint
CREATE TABLE `run_logs` (
	`tenant_id` text NOT NULL,
	`run_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`level` text NOT NULL,
	`message` text NOT NULL,
	`fields` text,
	PRIMARY KEY(`tenant_id`, `run_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
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
	`requested_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_slot` ON `runs` (`tenant_id`,`job`,`slot`,`trigger`);--> statement-breakpoint
CREATE UNIQUE INDEX `runs_open` ON `runs` (`tenant_id`,`job`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_sweep` ON `runs` (`status`,`available_at`) WHERE status in ('queued', 'running');--> statement-breakpoint
CREATE INDEX `runs_tenant` ON `runs` (`tenant_id`,`id`);--> statement-breakpoint
CREATE INDEX `runs_unwell` ON `runs` (`status`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE INDEX `runs_unwell_tenant` ON `runs` (`tenant_id`,`id`) WHERE status in ('failed', 'dead');--> statement-breakpoint
CREATE TABLE `schedules` (
	`tenant_id` text NOT NULL,
	`job` text NOT NULL,
	`every_s` integer NOT NULL,
	`next_at` integer NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`blocked` text,
	`config` text NOT NULL,
	`cursor` text,
	`last_run_at` integer,
	`last_success_at` integer,
	PRIMARY KEY(`tenant_id`, `job`)
);
--> statement-breakpoint
CREATE INDEX `schedules_due` ON `schedules` (`next_at`) WHERE enabled = 1 and blocked is null;--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`vertical` text NOT NULL,
	`plan` text NOT NULL,
	`status` text NOT NULL,
	`locale` text NOT NULL,
	`currency` text NOT NULL,
	`timezone` text NOT NULL,
	`features` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_activity_at` integer,
	`catalog` text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tenants_created` ON `tenants` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tenants_status` ON `tenants` (`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tenants_name` ON `tenants` (lower("name"));--> statement-breakpoint
CREATE INDEX `tenants_catalog` ON `tenants` (`catalog`);