using System;
using System.Collections.Generic;

namespace KernelGen.Generator.Rendering;

/// <summary>A value that a template sees: an integer, a boolean, a string, an object or a list.</summary>
internal readonly struct TemplateValue
{
    private readonly long _number;
    private readonly object? _reference;

    private TemplateValue(TemplateValueKind kind, long number, object? reference)
    {
        Kind = kind;
        _number = number;
        _reference = reference;
    }

    /// <summary>The type of the value.</summary>
    public TemplateValueKind Kind { get; }

    /// <summary>The value of an <see cref="TemplateValueKind.Integer"/>.</summary>
    public long Integer => _number;

    /// <summary>The value of a <see cref="TemplateValueKind.Boolean"/>.</summary>
    public bool Boolean => _number != 0;

    /// <summary>The value of a <see cref="TemplateValueKind.String"/>.</summary>
    public string String => (string)_reference!;

    /// <summary>The value of an <see cref="TemplateValueKind.Object"/>.</summary>
    public TemplateObject Object => (TemplateObject)_reference!;

    /// <summary>The value of a <see cref="TemplateValueKind.List"/>.</summary>
    public IReadOnlyList<TemplateValue> List => (TemplateValue[])_reference!;

    /// <summary>The type as a message says it: <c>an integer</c>, <c>a list</c>.</summary>
    public string KindText => Kind switch
    {
        TemplateValueKind.Integer => "an integer",
        TemplateValueKind.Boolean => "a boolean",
        TemplateValueKind.String => "a string",
        TemplateValueKind.Object => "an object",
        _ => "a list",
    };

    /// <summary>A list of values; the items are copied.</summary>
    public static TemplateValue FromList(IEnumerable<TemplateValue> items) => new(TemplateValueKind.List, 0, new List<TemplateValue>(items).ToArray());

    /// <summary>An integer.</summary>
    public static implicit operator TemplateValue(int value) => new(TemplateValueKind.Integer, value, null);

    /// <summary>An integer.</summary>
    public static implicit operator TemplateValue(long value) => new(TemplateValueKind.Integer, value, null);

    /// <summary>A boolean.</summary>
    public static implicit operator TemplateValue(bool value) => new(TemplateValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>A string; it must not be null.</summary>
    public static implicit operator TemplateValue(string value) =>
        new(TemplateValueKind.String, 0, value ?? throw new ArgumentNullException(nameof(value)));

    /// <summary>An object; it must not be null.</summary>
    public static implicit operator TemplateValue(TemplateObject value) =>
        new(TemplateValueKind.Object, 0, value ?? throw new ArgumentNullException(nameof(value)));
}
