-- Windows in which the activity is downloaded.
ALTER TABLE windows DROP CONSTRAINT windows_purpose_check;
ALTER TABLE windows ADD CONSTRAINT windows_purpose_check
    CHECK (purpose IN ('install', 'sign_in', 'certificate', 'activity'));
