namespace Protocol.Wire.Records;

/// <summary>Arithmetic of the producers' sequence numbers, which run from 0 to int.MaxValue and begin again (KIP-98).</summary>
public static class Sequences
{
    /// <summary>The sequence <paramref name="count"/> (0 or above) records after <paramref name="sequence"/>.</summary>
    public static int Add(int sequence, int count) => (int)(((long)sequence + count) & int.MaxValue);

    /// <summary>The sequence <paramref name="count"/> (0 or above) records before <paramref name="sequence"/>.</summary>
    public static int Subtract(int sequence, int count) => (int)(((long)sequence - count) & int.MaxValue);

    /// <summary>Whether <paramref name="next"/> directly follows <paramref name="last"/>.</summary>
    public static bool IsNext(int last, int next) => next == Add(last, 1);
}
