using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>The APIs that a node serves, by key. Immutable; what clients are told and what the dispatcher accepts both come from it.</summary>
public sealed class ApiTable
{
    private readonly IApi?[] _byKey = new IApi?[128];
    private readonly Dictionary<short, IApi> _private = [];

    public ApiTable(IEnumerable<IApi> apis)
    {
        foreach (var api in apis)
        {
            var key = (short)api.Key;
            if (key is >= 0 and < 128)
            {
                _byKey[key] = api;
            }
            else
            {
                _private.Add(key, api);
            }
        }
    }

    /// <summary>The API of a key, or null when it is not served.</summary>
    public IApi? Find(short key) => (uint)key < (uint)_byKey.Length ? _byKey[key] : _private.GetValueOrDefault(key);

    /// <summary>All public APIs, by rising key.</summary>
    public IEnumerable<IApi> Public => _byKey.Where(api => api is not null)!;
}
