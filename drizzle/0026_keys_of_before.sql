-- A key that a sign-in replaced before ends were kept ends too: announced now, and no sooner than 30 days after that.
UPDATE connections SET
  ends_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) + 2592000000,
  end_look_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
WHERE kind = 'key' AND status = 'active' AND ends_at IS NULL AND kept_at IS NULL AND EXISTS (
  SELECT 1 FROM connections AS sign_in
  WHERE sign_in.tenant_id = connections.tenant_id AND sign_in.provider = connections.provider
    AND sign_in.external_id = connections.external_id AND sign_in.kind = 'oauth' AND sign_in.status = 'active'
    AND sign_in.connected_at > connections.connected_at
);
