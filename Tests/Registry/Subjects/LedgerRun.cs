using Kernel.Machines;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;

namespace Tests.Registry.Subjects;

/// <summary>A ledger with its log in memory.</summary>
internal sealed class LedgerRun
{
    private long _ms = 1_700_000_000_000;

    public RegistryLedger Ledger { get; private set; } = New();

    public List<RegistryRecord> Log { get; } = [];

    public RegistryImage Image => Ledger.Image;

    public static RegistryLedger New(RegistrySettings? settings = null) => new(WordLanguage.Of, settings ?? new RegistrySettings());

    public LedgerRun With(RegistrySettings settings)
    {
        Ledger = New(settings);
        return this;
    }

    public RegistryReply Run(RegistryCommand command)
    {
        var decision = Ledger.Decide(command, new Now(default, ++_ms));
        foreach (var record in decision.Records)
        {
            Ledger.Apply(record);
            Log.Add(record);
        }

        return decision.Reply;
    }

    public StoredSchema Register(string subject, string text, SchemaRequest? more = null, bool normalize = false) =>
        Run(new RegisterSchema(subject, (more ?? new SchemaRequest()) with { Text = text }, normalize, Force: false)) switch
        {
            RegistryReply.Registered registered => registered.Schema,
            RegistryReply.Refused refused => throw new RegistryException(refused.Error),
            var other => throw new InvalidOperationException(other.ToString()),
        };

    public RegistryError Refusal(RegistryCommand command) => ((RegistryReply.Refused)Run(command)).Error;

    /// <summary>The state as text: equal states have equal texts.</summary>
    public static string Text(RegistryImage image) => string.Join('\n', image.ToRecords().Select(Text));

    public static string Text(RegistryRecord record)
    {
        var value = RecordCodec.EncodeValue(record);
        return System.Text.Encoding.UTF8.GetString(RecordCodec.EncodeKey(record)) + " " + (value is null ? "null" : System.Text.Encoding.UTF8.GetString(value));
    }
}
