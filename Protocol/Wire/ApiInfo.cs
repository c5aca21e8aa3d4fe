namespace Protocol.Wire;

/// <summary>What the wire protocol knows of one API: which versions can be read and written, and which of them are flexible (KIP-482).</summary>
public readonly record struct ApiInfo(ApiKey Key, VersionRange Versions, VersionRange FlexibleVersions);
