using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Waits for what has no event. After as long as a busy machine may need, what did not come fails its test with what is there instead.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Reads until it is what is waited for, and gives that.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isIt)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            var present = await read();
            if (isIt(present))
            {
                return present;
            }

            Assert.True(waited.Elapsed < Limit, $"after {Limit} it is still {present}");
            await Task.Yield();
        }
    }

    /// <summary>As <see cref="UntilAsync{T}"/>, for an exporter's status.</summary>
    public static Task<JsonElement> UntilStatusAsync(this RegistryHost host, string exporter, Func<JsonElement, bool> isIt) =>
        UntilAsync(async () => (await host.GetAsync($"/exporters/{exporter}/status")).Json, isIt);
}
