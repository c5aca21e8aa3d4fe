namespace Federation.Core.Tenancy;

/// <summary>
/// An answer of the cluster names something that is not the tenant's where only the tenant's may stand. The answer must not be sent:
/// the gateway closes the connection instead. The message is for the operator's log, never for the tenant.
/// </summary>
public sealed class ForeignNameException(string message) : Exception(message);
