using System.Globalization;
using CsCheck;

namespace Tests.Registry.Harness;

/// <summary>
/// Samples that are the same in every run: draw number n of a seed is always the same value, so that main is as green tomorrow as it is today, and a
/// failure says the one draw that shows it. PAIRS sets how many are drawn; SEED draws others, for a search by hand, and DRAW tries one alone.
/// </summary>
internal static class Draws
{
    private static readonly ulong Seed = ulong.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", CultureInfo.InvariantCulture);

    private static readonly uint? Alone =
        uint.TryParse(Environment.GetEnvironmentVariable("DRAW"), CultureInfo.InvariantCulture, out var draw) ? draw : null;

    /// <summary>PAIRS, or <paramref name="plain"/> where it is not set.</summary>
    public static int Count(int plain) =>
        int.TryParse(Environment.GetEnvironmentVariable("PAIRS"), CultureInfo.InvariantCulture, out var count) ? count : plain;

    /// <summary>
    /// Tries <paramref name="holds"/> for so many draws. Throws for the first for which it does not hold. On the test's own thread alone: tests run
    /// beside each other as it is, and those with servers in them need the pool's threads.
    /// </summary>
    public static void Try<T>(this Gen<T> gen, Action<T> holds, int count)
    {
        if (Alone is { } alone)
        {
            Draw(gen, holds, alone);
            return;
        }

        for (var n = 0; n < count; n++)
        {
            Draw(gen, holds, (uint)n);
        }
    }

    public static void Try<T>(this Gen<T> gen, Func<T, bool> holds, int count) => gen.Try(
        value =>
        {
            if (!holds(value))
            {
                throw new InvalidOperationException("It does not hold.");
            }
        },
        count);

    public static void Try<T1, T2>(this Gen<(T1 First, T2 Second)> gen, Action<T1, T2> holds, int count) =>
        gen.Try(pair => holds(pair.First, pair.Second), count);

    public static void Try<T1, T2>(this Gen<(T1 First, T2 Second)> gen, Func<T1, T2, bool> holds, int count) =>
        gen.Try(pair => holds(pair.First, pair.Second), count);

    private static void Draw<T>(Gen<T> gen, Action<T> holds, uint n)
    {
        var value = gen.Generate(new PCG(n, Seed), null, out _);
        try
        {
            holds(value);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"SEED={Seed} DRAW={n} shows it: {e.Message}\n{value}", e);
        }
    }
}
