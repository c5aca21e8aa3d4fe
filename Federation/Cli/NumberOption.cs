using System.CommandLine.Parsing;
using System.Globalization;

namespace Federation.Cli;

/// <summary>Reads options that are numbers, and says which one is none: the library names a type of .NET there.</summary>
internal static class NumberOption
{
    public static int Read(ArgumentResult argument)
    {
        var text = argument.Tokens is [var token] ? token.Value : "";
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            var name = argument.Parent is OptionResult option ? option.Option.Name : "argument";
            argument.AddError($"{name} {text}: a number is expected");
        }

        return number;
    }

    public static int? ReadIfSaid(ArgumentResult argument) => Read(argument);
}
