ALTER TABLE `policies` ADD `digest_at` integer;--> statement-breakpoint
CREATE INDEX `policies_digest` ON `policies` (`digest_at`) WHERE digest_at is not null;